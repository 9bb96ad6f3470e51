namespace Dilaton.Core;

/// <summary>Control back from guest to VMM, with what it used since it was entered.</summary>
public readonly record struct VcpuExit
{
    public required ExitReason Reason { get; init; }

    /// <summary>Instructions retired since <see cref="IVcpu.Run"/> began, exactly.</summary>
    public required ulong Instructions { get; init; }

    /// <summary>Cost units spent, exactly: instructions x CPI plus the L1-hit part of loads, as
    /// <see cref="CoreCost"/> defines. At most one instruction's cost over the budget.</summary>
    public required ulong Units { get; init; }

    /// <summary>For <see cref="ExitReason.TimestampRead"/> 1 if RDTSCP; for
    /// <see cref="ExitReason.RegionMark"/> the m5op function number.</summary>
    public int Code { get; init; }

    public FaultVector Vector { get; init; }

    public FaultAccess Access { get; init; }

    /// <summary>Faulting guest virtual address of a page fault.</summary>
    public ulong FaultAddress { get; init; }

    /// <summary>For <see cref="ExitReason.WindowAccess"/>.</summary>
    public WindowAccess Window { get; init; }
}
