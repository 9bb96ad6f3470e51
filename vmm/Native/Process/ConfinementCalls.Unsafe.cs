using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The host's calls with which a process gives up rights.</summary>
internal static unsafe partial class ConfinementCalls
{
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int RLIMIT_CORE = 4;
    public const int RLIMIT_NOFILE = 7;
    public const long SYS_rt_sigaction = 13;
    public const long SYS_tgkill = 234;
    public const long SYS_seccomp = 317;
    public const long SYS_landlock_create_ruleset = 444;
    public const long SYS_landlock_add_rule = 445;
    public const long SYS_landlock_restrict_self = 446;
    public const nint SECCOMP_SET_MODE_FILTER = 1;
    public const nint SECCOMP_GET_ACTION_AVAIL = 2;
    public const nint SECCOMP_FILTER_FLAG_TSYNC = 1;
    public const uint LANDLOCK_CREATE_RULESET_VERSION = 1;
    public const uint LANDLOCK_CREATE_RULESET_ERRATA = 2;
    public const nint LANDLOCK_RULE_PATH_BENEATH = 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long create_ruleset(long number, ulong* attributes, nint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long add_rule(
        long number, SafeFileHandle ruleset, nint kind, byte* rule, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long seccomp(long number, nint operation, nint flags, void* argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long rt_sigaction(
        long number, nint signal, ulong* action, ulong* oldAction, nint maskBytes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long tgkill(long number, nint process, nint thread, nint signal);
}
