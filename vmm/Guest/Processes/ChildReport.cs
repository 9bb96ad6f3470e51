namespace Dilaton.Guest;

/// <summary>What a parent learns of a child: that it ended, stopped or went on.</summary>
/// <param name="Status">As wait(2) encodes it.</param>
/// <param name="Reason">As siginfo has it: one of CLD_*.</param>
/// <param name="Value">As siginfo has it: exit code or signal.</param>
internal readonly record struct ChildReport(int Status, int Reason, int Value)
{
    private const int CLD_STOPPED = 5;
    private const int CLD_CONTINUED = 6;
    private const int ContinuedStatus = 0xffff;
    private const int StoppedStatus = 0x7f;

    public static ChildReport Continued { get; } =
        new(ContinuedStatus, CLD_CONTINUED, Signal.SIGCONT);

    public bool IsStop => Reason == CLD_STOPPED;

    public static ChildReport Stopped(int signal) =>
        new((signal << 8) | StoppedStatus, CLD_STOPPED, signal);
}
