namespace Dilaton.Guest;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code, when <paramref name="Signal"/> is 0.</param>
/// <param name="Signal">What killed it, else 0.</param>
internal readonly record struct ProcessEnd(int Code, int Signal)
{
    private const int CLD_EXITED = 1;
    private const int CLD_KILLED = 2;

    /// <summary>As wait(2) encodes it.</summary>
    public int Status => Signal != 0 ? Signal : (Code & 0xff) << 8;

    /// <summary>As siginfo has it: its reason.</summary>
    public int Reason => Signal != 0 ? CLD_KILLED : CLD_EXITED;

    /// <summary>As siginfo has it: its value.</summary>
    public int Value => Signal != 0 ? Signal : Code & 0xff;
}
