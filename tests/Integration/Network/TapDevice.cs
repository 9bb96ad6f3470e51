using System.Runtime.InteropServices;
using System.Text;

namespace Dilaton.Tests.Integration.Network;

/// <summary>One end of an Ethernet cable whose other end is an interface of Linux.</summary>
internal sealed class TapDevice : IDisposable
{
    private const int OpenCall = 2;
    private const int CloseCall = 3;
    private const int ReadCall = 0;
    private const int WriteCall = 1;
    private const int ControlCall = 16;
    private const int UnshareCall = 272;
    private const int PollCall = 271;
    private const int NewNetwork = 0x4000_0000;
    private const int ReadWriteNonBlocking = 0x802;
    private const nint SetInterface = 0x4004_54ca;
    private const short TapWithoutInfo = 0x1002;

    private readonly nint _descriptor;

    private TapDevice(nint descriptor) => _descriptor = descriptor;

    /// <summary>Gives the calling thread a network of its own, with nothing in it.</summary>
    public static void EnterNewNetwork() => Check(syscall(UnshareCall, NewNetwork, 0, 0, 0, 0, 0));

    public static unsafe TapDevice Create(string name)
    {
        byte[] path = Encoding.ASCII.GetBytes("/dev/net/tun\0");
        byte[] request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutInfo);
        fixed (byte* pathStart = path, requestStart = request)
        {
            nint fd = Check(syscall(
                OpenCall, (nint)pathStart, ReadWriteNonBlocking, 0, 0, 0, 0));
            Check(syscall(ControlCall, fd, SetInterface, (nint)requestStart, 0, 0, 0));
            return new TapDevice(fd);
        }
    }

    /// <summary>Waits for a frame until the time is up.</summary>
    public unsafe bool Wait(TimeSpan time)
    {
        long* timeout = stackalloc long[2];
        (timeout[0], timeout[1]) = (0, (long)(time.TotalMilliseconds * 1_000_000) % 1_000_000_000);
        long entry = (uint)_descriptor | (1L << 32);
        return syscall(PollCall, (nint)(&entry), 1, (nint)timeout, 0, 0, 0) > 0;
    }

    /// <returns>Null if no frame is there.</returns>
    public unsafe byte[]? Read()
    {
        byte[] frame = new byte[2048];
        fixed (byte* start = frame)
        {
            nint length = syscall(ReadCall, _descriptor, (nint)start, frame.Length, 0, 0, 0);
            return length > 0 ? frame[..(int)length] : null;
        }
    }

    public unsafe void Write(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            _ = syscall(WriteCall, _descriptor, (nint)start, frame.Length, 0, 0, 0);
        }
    }

    public void Dispose() => _ = syscall(CloseCall, _descriptor, 0, 0, 0, 0, 0);

    private static nint Check(nint result) => result >= 0
        ? result
        : throw new InvalidOperationException(
            $"a call for the network namespace failed: errno {Marshal.GetLastPInvokeError()}");

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(
        nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
