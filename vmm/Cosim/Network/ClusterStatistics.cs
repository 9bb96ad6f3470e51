using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What kept a cluster together. All of it follows from the simulated state.</summary>
public sealed class ClusterStatistics : IStatisticsSource
{
    // Lateness by powers of two of a picosecond.
    private readonly ulong[] _lateness = new ulong[65];

    public ulong Rounds { get; internal set; }

    /// <summary>Nodes that took part in rounds, summed over them.</summary>
    public ulong Grants { get; internal set; }

    public ulong FramesSent { get; internal set; }

    public ulong FramesDelivered { get; private set; }

    /// <summary>Frames that came to a node that had ended.</summary>
    public ulong FramesVanished { get; internal set; }

    public ulong FramesLate { get; private set; }

    public UInt128 LatenessPicoseconds { get; private set; }

    public VirtualDuration LatenessMax { get; private set; }

    /// <summary>The largest excess that was granted: <see cref="LatenessMax"/> is not above it.
    /// </summary>
    public VirtualDuration ExcessMax { get; internal set; }

    /// <summary>Late frames by lateness: in place n those of 2^(n-1) to 2^n - 1 ps.</summary>
    public IReadOnlyList<ulong> LatenessCounts => _lateness;

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("rounds", Rounds, "Count", "rounds of grants");
        list.Count("grants", Grants, "Count", "nodes that took part in rounds");
        list.Count("frames.sent", FramesSent, "Count", "frames that left nodes");
        list.Count("frames.delivered", FramesDelivered, "Count", "frames that came to nodes");
        list.Count(
            "frames.vanished", FramesVanished, "Count", "frames that came to nodes that had ended");
        list.Count("frames.late", FramesLate, "Count", "frames delivered after their time");
        list.Quotient(
            "lateness.mean", LatenessPicoseconds, FramesLate, "Tick", "mean of late frames");
        list.Count("lateness.max", LatenessMax.Picoseconds, "Tick", "of all frames");
        list.Count("lateness.bound", ExcessMax.Picoseconds, "Tick", "slack beyond the lookahead");
        for (int i = 1; i < _lateness.Length; i++)
        {
            if (_lateness[i] > 0)
            {
                list.Count(
                    $"lateness.below{i}", _lateness[i], "Count", $"late frames below 2^{i} ps");
            }
        }
    }

    public void ResetStatistics()
    {
        Rounds = 0;
        Grants = 0;
        FramesSent = 0;
        FramesDelivered = 0;
        FramesVanished = 0;
        FramesLate = 0;
        LatenessPicoseconds = 0;
        LatenessMax = default;
        ExcessMax = default;
        Array.Clear(_lateness);
    }

    internal void CountDelivery(VirtualDuration lateness)
    {
        FramesDelivered++;
        if (lateness == VirtualDuration.Zero)
        {
            return;
        }

        FramesLate++;
        LatenessPicoseconds += lateness.Picoseconds;
        LatenessMax = lateness > LatenessMax ? lateness : LatenessMax;
        _lateness[64 - BitOperations.LeadingZeroCount(lateness.Picoseconds)]++;
    }
}
