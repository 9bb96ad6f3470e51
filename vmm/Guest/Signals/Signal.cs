using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Linux signal numbers on x86-64 (signal(7)) and what they do by default. A set of signals
/// is a mask in which bit n - 1 is signal n.</summary>
internal static class Signal
{
    public const int NumberMax = 64;

    /// <summary>The kernel's SIGRTMIN: from here on every sending is kept.</summary>
    public const int RealTimeMin = 32;

    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGILL = 4;
    public const int SIGTRAP = 5;
    public const int SIGABRT = 6;
    public const int SIGBUS = 7;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;
    public const int SIGURG = 23;
    public const int SIGXFSZ = 25;
    public const int SIGVTALRM = 26;
    public const int SIGPROF = 27;
    public const int SIGWINCH = 28;
    public const int SIGSYS = 31;

    private static readonly string[] s_names =
    [
        "signal 0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>What no mask blocks and no action changes.</summary>
    public static ulong Unblockable { get; } = Bit(SIGKILL) | Bit(SIGSTOP);

    /// <summary>What the program's own instructions raise: taken before all others.</summary>
    public static ulong Synchronous { get; } = Bit(SIGSEGV) | Bit(SIGBUS) | Bit(SIGILL)
        | Bit(SIGTRAP) | Bit(SIGFPE) | Bit(SIGSYS);

    public static ulong Stopping { get; } =
        Bit(SIGSTOP) | Bit(SIGTSTP) | Bit(SIGTTIN) | Bit(SIGTTOU);

    public static string NameOf(int signal) =>
        signal < s_names.Length ? s_names[signal] : $"signal {signal}";

    public static ulong Bit(int signal) => 1UL << (signal - 1);

    public static bool Stops(int signal) => (Bit(signal) & Stopping) != 0;

    public static bool IsIgnoredByDefault(int signal) =>
        signal is SIGCHLD or SIGCONT or SIGURG or SIGWINCH;

    /// <summary>The signal that Linux sends for a processor exception.</summary>
    public static int Of(FaultVector vector) => vector switch
    {
        FaultVector.DivideError => SIGFPE,
        FaultVector.Debug or FaultVector.Breakpoint => SIGTRAP,
        FaultVector.InvalidOpcode => SIGILL,
        FaultVector.GeneralProtection or FaultVector.PageFault => SIGSEGV,
        FaultVector.FloatingPoint or FaultVector.SimdFloatingPoint => SIGFPE,
        FaultVector.AlignmentCheck => SIGBUS,
        _ => throw new InvariantException($"exception vector {vector} has no signal"),
    };
}
