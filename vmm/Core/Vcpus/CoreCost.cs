namespace Dilaton.Core;

/// <summary>Static cost of guest code on an emulated core, in integer units so that nothing is
/// rounded: one core cycle is <see cref="UnitsPerCycle"/> units. A retired instruction costs
/// CPI cycles; each access that reads (load, modify, atomic, each element of a gather,
/// each chunk of a repeated string load) costs <see cref="LoadHitStallCycles"/> more, the part of
/// an L1 hit that an in-order core waits for (L1 latency - 1; 0 while events are off).</summary>
public readonly record struct CoreCost(Ratio CyclesPerInstruction, uint LoadHitStallCycles)
{
    public ulong UnitsPerCycle => CyclesPerInstruction.Denominator;

    public ulong UnitsPerInstruction => CyclesPerInstruction.Numerator;

    /// <summary>Records tell which load their address comes from.</summary>
    public bool TracksProducers { get; init; }

    /// <summary>At level full, records that are sure to hit L1 and to change nothing there may be left out and
    /// counted.</summary>
    public bool LeavesOutSureHits { get; init; }

    /// <summary>Blocks tell the conditional branches that retired; not with events off.</summary>
    public bool RecordsBranches { get; init; }

    /// <summary>With <see cref="RecordsBranches"/>: calls, returns and indirect jumps as well, with where they
    /// went.</summary>
    public bool RecordsTargets { get; init; }

    public ulong UnitsPerLoad => LoadHitStallCycles * UnitsPerCycle;
}
