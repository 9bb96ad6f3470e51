using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>Stream sockets that are files of a folder. They are named by the folder's handle, so that
/// the path to it may be longer than an address has room for (107 bytes). A result below zero is a
/// negated errno. Bytes go by <see cref="HostFiles.Read"/> and <see cref="HostFiles.Write"/>.
/// </summary>
public static partial class LocalSocket
{
    public const int ENOENT = 2;
    public const int ECONNREFUSED = 111;

    private const int EINTR = 4;
    private const ushort FamilyLocal = 1;
    private const int AddressSize = 110;
    private const int StreamCloseOnExec = 1 | 0x80000;
    private const int CloseOnExec = 0x80000;
    private const int WaitingMax = 16;
    private const uint OwnerOnly = 0x180; // rw-------

    /// <summary>Makes a socket for the owner alone, and listens. The name must be free.</summary>
    public static int Listen(SafeFileHandle folder, string name, out SafeFileHandle socket)
    {
        int result = Make(out socket);
        result = result < 0 ? result : Result(bind(socket, AddressOf(folder, name), AddressSize));
        if (result < 0)
        {
            return result;
        }

        // Nobody can connect before it listens.
        result = HostFiles.ChangeModeAt(folder, name, OwnerOnly);
        return result < 0 ? result : Result(listen(socket, WaitingMax));
    }

    /// <returns>-<see cref="ECONNREFUSED"/>: who listened there is gone.</returns>
    public static int Connect(SafeFileHandle folder, string name, out SafeFileHandle socket)
    {
        int result = Make(out socket);
        return result < 0 ? result : Result(connect(socket, AddressOf(folder, name), AddressSize));
    }

    /// <summary>Takes the next partner; waits for one.</summary>
    public static int Accept(SafeFileHandle listener, out SafeFileHandle socket)
    {
        while (true)
        {
            socket = accept4(listener, 0, 0, CloseOnExec);
            int errno = Marshal.GetLastPInvokeError();
            if (!socket.IsInvalid || errno != EINTR)
            {
                return socket.IsInvalid ? -errno : 0;
            }
        }
    }

    private static int Make(out SafeFileHandle made)
    {
        made = socket(FamilyLocal, StreamCloseOnExec, 0);
        return made.IsInvalid ? -Marshal.GetLastPInvokeError() : 0;
    }

    private static byte[] AddressOf(SafeFileHandle folder, string name)
    {
        // struct sockaddr_un: the family, then the path up to a zero.
        byte[] address = new byte[AddressSize];
        address[0] = (byte)FamilyLocal;
        string path = $"/proc/self/fd/{(int)folder.DangerousGetHandle()}/{name}";
        Encoding.ASCII.GetBytes(path, address.AsSpan(sizeof(ushort)));
        return address;
    }

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeFileHandle socket, byte[] address, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(SafeFileHandle socket, int waiting);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(SafeFileHandle socket, byte[] address, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle accept4(
        SafeFileHandle socket, nint address, nint size, int flags);
}
