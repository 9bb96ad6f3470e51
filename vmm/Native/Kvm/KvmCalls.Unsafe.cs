using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>libc's calls that KVM and its threads need, declared as in the manual pages. ioctl is
/// variadic; with an integer or an address its call is the same (System V ABI, x86-64).</summary>
internal static unsafe partial class KvmCalls
{
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;
    public const int PROT_READ_WRITE = 3;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_THREAD_CPUTIME_ID = 3;
    public const int SIGEV_THREAD_ID = 4;
    public const int SIG_BLOCK = 0;
    public const int SIG_SETMASK = 2;
    public const int SYS_rt_sigtimedwait = 128;
    public const int SYS_tgkill = 234;

    [LibraryImport(
        "libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle descriptor, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    /// <summary>For KVM_RUN, which its vCPU makes from one thread and outlives. Never without the
    /// runtime's transition: a garbage collection would wait for the guest.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(
        nint address,
        nuint length,
        int protection,
        int flags,
        SafeFileHandle descriptor,
        long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(
        nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    internal static partial int gettid();

    [LibraryImport("libc")]
    internal static partial int pthread_sigmask(int how, ulong* set, ulong* old);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timer_create(int clock, byte* signalEvent, nint* timer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timer_settime(nint timer, int flags, long* value, long* old);

    [LibraryImport("libc")]
    internal static partial int timer_delete(nint timer);

    [LibraryImport("libc")]
    internal static partial int clock_gettime(int clock, long* value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long syscall(
        long number, ulong* set, byte* information, long* timeout, nint setSizeBytes);
}
