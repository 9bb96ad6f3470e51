namespace Dilaton.Guest;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code, when <paramref name="Signal"/> is 0.</param>
/// <param name="Signal">What killed it, else 0.</param>
internal readonly record struct ProcessEnd(int Code, int Signal)
{
    private const int CLD_EXITED = 1;
    private const int CLD_KILLED = 2;

    public ChildReport Report => Signal != 0
        ? new ChildReport(Signal, CLD_KILLED, Signal)
        : new ChildReport((Code & 0xff) << 8, CLD_EXITED, Code & 0xff);
}
