namespace Dilaton.Tests.Differential;

/// <summary>What the real CPU made of a test case.</summary>
internal sealed class NativeResult
{
    public const int Sigill = 4;
    public const int Sigtrap = 5;
    public const int Sigsys = 31;

    public required CpuState End { get; init; }

    public required byte[] Image { get; init; }

    /// <summary>State before each step; empty after a straight run. A repeated string instruction
    /// is one step per iteration.</summary>
    public required CpuState[] Steps { get; init; }

    /// <summary>0 when the case's step limit was reached.</summary>
    public required int Signal { get; init; }

    public required int Vector { get; init; }

    public required int ErrorCode { get; init; }

    public required ulong FaultAddress { get; init; }

    public bool EndedByStepLimit => Signal == 0;

    public bool EndedBySystemCall => Signal == Sigsys;
}
