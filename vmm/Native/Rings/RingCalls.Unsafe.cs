using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The host's calls for memory that processes share.</summary>
internal static partial class RingCalls
{
    public const uint MFD_CLOEXEC = 1;
    public const uint MFD_ALLOW_SEALING = 2;
    public const int F_ADD_SEALS = 1033;
    public const int F_SEAL_SEAL = 1;
    public const int F_SEAL_SHRINK = 2;
    public const int F_SEAL_GROW = 4;
    public const int FUTEX_WAIT = 0;
    public const int FUTEX_WAKE = 1;
    public const long SYS_futex = 202;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long futex(
        long number, nint word, int operation, uint value, in RingTimeout timeout, nint word2,
        uint value3);
}
