using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>A TAP device of the host (Linux, Documentation/networking/tuntap.rst): Ethernet frames to and from its
/// network. One that is there already; none is made.</summary>
public sealed partial class HostTap : IDisposable
{
    private const string Device = "/dev/net/tun";
    private const uint SetInterface = 0x400454ca;
    private const short TapWithoutHeader = 0x1002;
    private const int NameMax = 15;
    private const int FlagsAt = 16;
    private const int RequestBytes = 40;
    private const int NoSuchDevice = 19;
    private const int Interrupted = 4;
    private const int Failed = -1;

    private readonly SafeFileHandle _descriptor;

    private HostTap(SafeFileHandle descriptor) => _descriptor = descriptor;

    /// <exception cref="NativeCallException">There is none of that name, it is none, it is in use, or this process may
    /// not have it.</exception>
    public static HostTap Open(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);

        // The kernel would make one.
        if (text.Length is 0 or > NameMax || if_nametoindex(name) == 0)
        {
            throw new NativeCallException("if_nametoindex", $"'{name}'", NoSuchDevice);
        }

        SafeFileHandle descriptor = open(Device, HostOpen.ReadWrite | HostOpen.CloseOnExec, 0);
        if (descriptor.IsInvalid)
        {
            throw new NativeCallException("open", Device, Marshal.GetLastPInvokeError());
        }

        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        text.CopyTo(request);
        BitConverter.TryWriteBytes(request[FlagsAt..], TapWithoutHeader);
        if (ioctl(descriptor, SetInterface, request) == Failed)
        {
            int errno = Marshal.GetLastPInvokeError();
            descriptor.Dispose();
            throw new NativeCallException("TUNSETIFF", $"'{name}'", errno);
        }

        return new HostTap(descriptor);
    }

    /// <returns>False if the host does not take it, such as where the device is down.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frame)
    {
        nint done;
        do
        {
            done = write(_descriptor, frame, (nuint)frame.Length);
        }
        while (done == Failed && Marshal.GetLastPInvokeError() == Interrupted);
        return done == frame.Length;
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>Its length, or 0 if the device is gone.</returns>
    public int Read(Span<byte> frame)
    {
        nint done;
        do
        {
            done = read(_descriptor, frame, (nuint)frame.Length);
        }
        while (done == Failed && Marshal.GetLastPInvokeError() == Interrupted);
        return (int)Math.Max(0, done);
    }

    public void Dispose() => _descriptor.Dispose();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, Span<byte> argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle descriptor, Span<byte> buffer, nuint count);
}
