using System.Runtime.InteropServices;
using System.Text;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>The host's Linux, called by number: what the emulated calls are compared with.
/// Arguments are numbers, paths, or byte arrays that the call fills or reads.</summary>
internal static class NativeSystem
{
    public static long Call(int number, params object[] arguments)
    {
        List<GCHandle> pins = [];
        try
        {
            nint[] words = new nint[6];
            for (int i = 0; i < arguments.Length; i++)
            {
                words[i] = arguments[i] switch
                {
                    string path => Pin(Encoding.UTF8.GetBytes(path + "\0")),
                    byte[] bytes => Pin(bytes),
                    long value => (nint)value,
                    int value => value,
                    _ => throw new ArgumentException("neither number, path nor buffer"),
                };
            }

            nint result = syscall(
                number, words[0], words[1], words[2], words[3], words[4], words[5]);
            return result == -1 ? -Marshal.GetLastPInvokeError() : result;
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
        }

        nint Pin(byte[] bytes)
        {
            var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            pins.Add(pin);
            return pin.AddrOfPinnedObject();
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(
        nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
