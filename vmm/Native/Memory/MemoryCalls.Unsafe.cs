using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>libc's memory calls, declared as in the manual pages.</summary>
internal static partial class MemoryCalls
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 0x01;
    public const int MAP_PRIVATE = 0x02;
    public const int MAP_FIXED = 0x10;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;
    public const int MAP_FIXED_NOREPLACE = 0x100000;
    public const int MREMAP_MAYMOVE = 1;
    public const int MREMAP_FIXED = 2;
    public const uint MFD_CLOEXEC = 1;
    public const int FALLOC_FL_KEEP_SIZE = 1;
    public const int FALLOC_FL_PUNCH_HOLE = 2;
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;
    public const int ENXIO = 6;
    public const int EEXIST = 17;
    public const nint MAP_FAILED = -1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(
        nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(
        nint address,
        nuint length,
        int protection,
        int flags,
        SafeFileHandle descriptor,
        long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mremap(
        nint oldAddress, nuint oldLength, nuint newLength, int flags, nint newAddress);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int msync(nint address, nuint length, int flags);

    [LibraryImport(
        "libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    internal static partial int getpid();

    /// <summary>Both are struct iovec: address, length.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint process_vm_readv(
        int process, nint* local, nuint localCount, nint* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeFileHandle descriptor, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(
        SafeFileHandle descriptor, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint copy_file_range(
        SafeFileHandle from,
        ref long fromOffset,
        SafeFileHandle to,
        ref long toOffset,
        nuint length,
        uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeFileHandle descriptor, long offset, int whence);
}
