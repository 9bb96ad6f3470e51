using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The host's file calls. A result below zero is a negated errno; a call that a host
/// signal interrupted is repeated. Names are byte strings, one char a byte. No call here follows a
/// symbolic link in the last component, and callers pass single components, so that nobody leaves
/// the folder a handle stands for.</summary>
public static partial class HostFiles
{
    private const string Libc = "libc";
    private const int EINTR = 4;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtRemoveDirectory = 0x200;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasic = 0x7ff;

    /// <summary>Opens an absolute host path as a folder to start from; follows links, since the
    /// path is the operator's.</summary>
    /// <returns>0 or a negated errno.</returns>
    public static int OpenRoot(string hostPath, out SafeFileHandle handle)
    {
        while (true)
        {
            handle = open(hostPath, HostOpen.Path | HostOpen.Directory | HostOpen.CloseOnExec, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (!handle.IsInvalid || errno != EINTR)
            {
                return handle.IsInvalid ? -errno : 0;
            }
        }
    }

    /// <summary>Opens a host path of any kind to name it to the kernel, not to read it; follows links.
    /// </summary>
    /// <returns>0 or a negated errno.</returns>
    public static int OpenPath(string hostPath, out SafeFileHandle handle)
    {
        handle = open(hostPath, HostOpen.Path | HostOpen.CloseOnExec, 0);
        return handle.IsInvalid ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Brings a file, or a folder's names, to the disk. Follows links.</summary>
    /// <returns>0 or a negated errno; EINVAL: the file system can't do that.</returns>
    public static int Sync(string hostPath)
    {
        while (true)
        {
            using SafeFileHandle handle = open(hostPath, HostOpen.ReadOnly | HostOpen.CloseOnExec, 0);
            int result = handle.IsInvalid ? -Marshal.GetLastPInvokeError() : Result(fsync(handle));
            if (result != -EINTR)
            {
                return result;
            }
        }
    }

    /// <summary>Opens one component of a folder, never through a link.</summary>
    /// <returns>0 or a negated errno.</returns>
    public static int OpenAt(
        SafeFileHandle folder, string name, int flags, uint mode, out SafeFileHandle handle)
    {
        byte[] path = Terminate(name);
        while (true)
        {
            handle = openat(
                folder, path, flags | HostOpen.NoFollow | HostOpen.CloseOnExec, mode);
            int errno = Marshal.GetLastPInvokeError();
            if (!handle.IsInvalid || errno != EINTR)
            {
                return handle.IsInvalid ? -errno : 0;
            }
        }
    }

    /// <summary>An anonymous file in memory.</summary>
    public static int CreateMemoryFile(string name, out SafeFileHandle handle)
    {
        const uint CloseOnExec = 1;
        handle = memfd_create(Terminate(name), CloseOnExec);
        return handle.IsInvalid ? -Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>One more descriptor of the same open file.</summary>
    /// <returns>0 or a negated errno.</returns>
    public static int Duplicate(SafeFileHandle file, out SafeFileHandle handle)
    {
        const int DuplicateCloseOnExec = 1030;
        handle = fcntl(file, DuplicateCloseOnExec, 0);
        return handle.IsInvalid ? -Marshal.GetLastPInvokeError() : 0;
    }

    public static int StatusAt(SafeFileHandle folder, string name, out HostFileStatus status) =>
        Status(folder, Terminate(name), AtSymlinkNoFollow, out status);

    public static int Status(SafeFileHandle file, out HostFileStatus status) =>
        Status(file, [0], AtEmptyPath, out status);

    /// <summary>Reads at the host's own file position; for streams.</summary>
    public static int Read(SafeFileHandle file, Span<byte> destination)
    {
        nint result;
        do
        {
            result = read(file, destination, (nuint)destination.Length);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    /// <summary>Writes at the host's own file position; for streams.</summary>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> source)
    {
        nint result;
        do
        {
            result = write(file, source, (nuint)source.Length);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    public static int ReadAt(SafeFileHandle file, long offset, Span<byte> destination)
    {
        nint result;
        do
        {
            result = pread(file, destination, (nuint)destination.Length, offset);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    public static int WriteAt(SafeFileHandle file, long offset, ReadOnlySpan<byte> source)
    {
        nint result;
        do
        {
            result = pwrite(file, source, (nuint)source.Length, offset);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    public static int Truncate(SafeFileHandle file, long lengthBytes)
    {
        int result;
        do
        {
            result = ftruncate(file, lengthBytes);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    public static int Allocate(SafeFileHandle file, int mode, long offset, long lengthBytes)
    {
        int result;
        do
        {
            result = fallocate(file, mode, offset, lengthBytes);
        }
        while (IsInterrupted(result));
        return Result(result);
    }

    public static int ChangeMode(SafeFileHandle file, uint mode) => Result(fchmod(file, mode));

    /// <summary>Never through a link: EOPNOTSUPP if the name is one. Needs no permission to open
    /// the file.</summary>
    public static int ChangeModeAt(SafeFileHandle folder, string name, uint mode) =>
        Result(fchmodat(folder, Terminate(name), mode, AtSymlinkNoFollow));

    public static int MakeDirectoryAt(SafeFileHandle folder, string name, uint mode) =>
        Result(mkdirat(folder, Terminate(name), mode));

    public static int UnlinkAt(SafeFileHandle folder, string name) =>
        Result(unlinkat(folder, Terminate(name), 0));

    public static int RemoveDirectoryAt(SafeFileHandle folder, string name) =>
        Result(unlinkat(folder, Terminate(name), AtRemoveDirectory));

    public static int RenameAt(
        SafeFileHandle folder, string name, SafeFileHandle toFolder, string toName, uint flags) =>
        Result(renameat2(folder, Terminate(name), toFolder, Terminate(toName), flags));

    public static int LinkAt(
        SafeFileHandle folder, string name, SafeFileHandle toFolder, string toName) =>
        Result(linkat(folder, Terminate(name), toFolder, Terminate(toName), 0));

    public static int SymlinkAt(SafeFileHandle folder, string name, string target) =>
        Result(symlinkat(Terminate(target), folder, Terminate(name)));

    /// <returns>Length of the link's text, or a negated errno.</returns>
    public static int ReadLinkAt(SafeFileHandle folder, string name, Span<byte> destination) =>
        Result(readlinkat(folder, Terminate(name), destination, (nuint)destination.Length));

    /// <summary>Fills a buffer with <c>struct linux_dirent64</c> records of a folder.</summary>
    public static int ReadDirectory(SafeFileHandle folder, Span<byte> destination) =>
        Result(getdents64(folder, destination, (nuint)destination.Length));

    /// <summary>Magic number of the file system that a file lies on (statfs(2)).</summary>
    public static int FileSystemKind(SafeFileHandle file, out long magic)
    {
        Span<byte> buffer = stackalloc byte[120];
        int result = Result(fstatfs(file, buffer));
        magic = BitConverter.ToInt64(buffer);
        return result;
    }

    private static byte[] Terminate(string name)
    {
        Invariant.Require(!name.Contains('\0'));
        byte[] bytes = new byte[name.Length + 1];
        for (int i = 0; i < name.Length; i++)
        {
            bytes[i] = checked((byte)name[i]);
        }

        return bytes;
    }

    private static int Status(
        SafeFileHandle folder, byte[] path, int flags, out HostFileStatus status)
    {
        StatxBuffer buffer = default;
        int result = Result(statx(folder, path, flags, StatxBasic, ref buffer));
        status = new HostFileStatus(
            buffer.Mode,
            buffer.LinkCount,
            buffer.UserId,
            buffer.GroupId,
            buffer.Size,
            buffer.Inode,
            ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
            ((ulong)buffer.RawDeviceMajor << 32) | buffer.RawDeviceMinor);
        return result;
    }

    private static bool IsInterrupted(nint result) =>
        result < 0 && Marshal.GetLastPInvokeError() == EINTR;

    private static int Result(nint result) =>
        result < 0 ? -Marshal.GetLastPInvokeError() : checked((int)result);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial SafeFileHandle openat(
        SafeFileHandle folder, byte[] path, int flags, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial SafeFileHandle fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial SafeFileHandle memfd_create(byte[] name, uint flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int statx(
        SafeFileHandle folder, byte[] path, int flags, uint mask, ref StatxBuffer buffer);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint read(SafeFileHandle file, Span<byte> buffer, nuint count);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint write(
        SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint pread(
        SafeFileHandle file, Span<byte> buffer, nuint count, long offset);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint pwrite(
        SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint count, long offset);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int fchmodat(SafeFileHandle folder, byte[] path, uint mode, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle folder, byte[] path, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle folder, byte[] path, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int renameat2(
        SafeFileHandle folder, byte[] path, SafeFileHandle toFolder, byte[] toPath, uint flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int linkat(
        SafeFileHandle folder, byte[] path, SafeFileHandle toFolder, byte[] toPath, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int symlinkat(byte[] target, SafeFileHandle folder, byte[] path);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint readlinkat(
        SafeFileHandle folder, byte[] path, Span<byte> buffer, nuint size);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint getdents64(SafeFileHandle folder, Span<byte> buffer, nuint count);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, Span<byte> buffer);

    /// <summary><c>struct statx</c> of the kernel's <c>linux/stat.h</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(16)]
        public uint LinkCount;

        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(128)]
        public uint RawDeviceMajor;

        [FieldOffset(132)]
        public uint RawDeviceMinor;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
