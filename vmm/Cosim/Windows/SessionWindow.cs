using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A window, who brings its accesses to their peer, and what was counted.</summary>
internal sealed class SessionWindow(NodeWindow window, PeerWeaver weaver) : IStatisticsSource
{
    private ulong _loads;
    private ulong _stores;
    private UInt128 _latencyPicoseconds;
    private ulong _latencyMaxPicoseconds;

    public NodeWindow Window { get; } = window;

    public PeerWeaver Weaver { get; } = weaver;

    public void Count(bool isStore, VirtualDuration latency)
    {
        _loads += isStore ? 0UL : 1;
        _stores += isStore ? 1UL : 0;
        _latencyPicoseconds += latency.Picoseconds;
        _latencyMaxPicoseconds = Math.Max(_latencyMaxPicoseconds, latency.Picoseconds);
    }

    public void Collect(StatisticsList list)
    {
        list.Count("loads", _loads, "Count", "loads completed");
        list.Count("stores", _stores, "Count", "stores completed");
        list.Quotient(
            "latency",
            _latencyPicoseconds,
            (UInt128)_loads + _stores,
            "Tick",
            "mean time from access to completion");
        list.Count("latencyMax", _latencyMaxPicoseconds, "Tick", "longest such time");
    }

    public void ResetStatistics()
    {
        _loads = 0;
        _stores = 0;
        _latencyPicoseconds = 0;
        _latencyMaxPicoseconds = 0;
    }
}
