using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What a peer is told of the node that it times, and what is expected of it.</summary>
public sealed record WirePeerOptions
{
    /// <summary>Name of the peer in the job.</summary>
    public required string Name { get; init; }

    public required string Node { get; init; }

    public required int VcpuCount { get; init; }

    public required Frequency Frequency { get; init; }

    public required ulong UnitsPerCycle { get; init; }

    public required uint LoadHitCycles { get; init; }

    public required int StoreBufferEntries { get; init; }

    /// <summary>Of cores whose misses it times, with the set `interval`; null: `inorder`.</summary>
    public IntervalParameters? Interval { get; init; }

    /// <summary>Records tell mispredicted branches of cores whose misses it times.</summary>
    public bool PredictsBranches { get; init; }

    public required int LineSizeBytes { get; init; }

    public required ulong MemoryBytes { get; init; }

    public required VirtualDuration MinLatency { get; init; }

    /// <summary>Windows whose accesses it completes.</summary>
    public IReadOnlyList<WirePeerWindow> Windows { get; init; } = [];

    /// <summary>Intervals that may be under way at a time; 1: lockstep.</summary>
    public required int IntervalsUnderWay { get; init; }

    /// <summary>Host time without progress after which it is taken for hung.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>For ever wait for the first word of a peer that is started by hand.</summary>
    public required bool IsManual { get; init; }
}
