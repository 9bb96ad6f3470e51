using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What a session tells: statistics, progress, guest output.</summary>
public sealed partial class NodeSession
{
    private readonly Progress _progress;
    private readonly List<(string Prefix, IStatisticsSource Source)> _sources = [];
    private ulong _eventsFired;
    private ulong _overtaken;
    private UInt128 _overtakenPicoseconds;
    private ulong _overtakenMaxPicoseconds;
    private ulong _intervals;
    private ulong _blocks;
    private ulong _records;
    private SuppressedHits _suppressed;
    private VirtualTime _resetTime;
    private VirtualTime? _endTime;

    /// <summary>Hash of the event log so far.</summary>
    public string EventLogHash => _log.HashText();

    /// <summary>Adds a part (hierarchy, model, kernel) to what m5_dump_stats and m5_reset_stats
    /// cover.</summary>
    public void AddStatistics(string prefix, IStatisticsSource source) =>
        _sources.Add((prefix, source));

    /// <summary>Puts guest output into the event log; whoever takes the output calls it, on the
    /// node's thread.</summary>
    public void RecordOutput(int descriptor, ReadOnlySpan<byte> data) =>
        _log.AddOutput(_now, descriptor, data);

    /// <summary>Any thread, any time.</summary>
    public NodeProgress ReadProgress() => _progress.Read();

    /// <summary>Any thread, any time.</summary>
    public VcpuProgress ReadProgress(VcpuId vcpu) => _progress.Read(vcpu.Index);

    /// <summary>A vCPU's clock, between <see cref="Run"/> and disposal.</summary>
    public VcpuTimes Times(VcpuId vcpu)
    {
        VcpuClock clock = _slots[vcpu.Index].Clock;
        return new VcpuTimes(
            clock.Now,
            clock.UnitsPerCycle,
            clock.TotalUnits,
            clock.ExecutedUnits,
            clock.StallUnits,
            clock.KernelUnits,
            clock.WaitingUnits);
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        VirtualTime end = _endTime ?? _now;
        ulong ticks = (end - _resetTime).Picoseconds;
        list.Quotient("simSeconds", ticks, PicosecondsPerSecond, "Second", "virtual time");
        list.Count("simTicks", ticks, "Tick", "virtual time in picoseconds");
        list.Count("finalTick", end.Picoseconds, "Tick", "virtual time since power-on");
        list.Count("simInsts", Sum(), "Count", "instructions retired by all vCPUs");
        list.Count("events", _eventsFired, "Count", "timers and other events fired");
        CollectOvertaken(list);
        list.Count("weave.intervals", _intervals, "Count", "weave intervals closed");
        list.Count("weave.requests", _weaver?.RequestCount ?? 0, "Count", "requests timed");
        list.Quotient(
            "weave.latency",
            _weaver?.LatencyPicoseconds ?? 0,
            _weaver?.RequestCount ?? 0,
            "Tick",
            "mean latency behind the cut");
        _weaver?.Latencies?.Collect(list, "weave.latency", "requests");
        CollectPeer(list);
        list.Count("memory.blocks", _blocks, "Count", "blocks of memory records");
        list.Count("memory.records", _records, "Count", "memory records");
        list.Count(
            "memory.suppressedLoads", _suppressed.Loads, "Count", "sure L1 hits without a record");
        list.Count(
            "memory.suppressedStores",
            _suppressed.Stores,
            "Count",
            "sure L1 hits without a record");
        CollectSegments(list, end);
        CollectWindows(list);
        if (CountsAccesses)
        {
            list.Add("memory", _accesses);
        }

        if (_sampled is not null)
        {
            CollectSamples(list);
        }

        list.Count("log.events", _log.Count, "Count", "lines of the event log");
        foreach (VcpuSlot slot in _slots)
        {
            CollectKind(slot, list);
            list.Add($"vcpu{slot.Id.Index}", new SlotStatistics(
                slot, _hierarchy?.HasPrefetcher == true, _sampled is not null));
        }
    }

    /// <summary>Of cores that are not alike.</summary>
    private void CollectKind(VcpuSlot slot, StatisticsList list)
    {
        if (_options.Cores.Count > 0)
        {
            string name = $"vcpu{slot.Id.Index}";
            list.Count($"{name}.kind", (ulong)slot.Core.Options.Kind, "Count", "which of cores.kinds it is, from 0");
            list.Count($"{name}.frequency", slot.Clock.Frequency.Hertz, "Hertz", "its clock, of which its cycles are");
        }
    }

    private void CollectPeer(StatisticsList list)
    {
        if (_weaver is PeerWeaver peer)
        {
            list.Count("peer.exchanges", peer.ExchangeCount, "Count", "intervals sent to the peer");
            list.Count("peer.latencyMax", peer.LatencyMaxPicoseconds, "Tick", "longest latency");
            list.Count(
                "peer.overloadLag",
                peer.OverloadLagPicoseconds,
                "Tick",
                "time by which requests left late, since the peer was full");
        }

        if (_pipeline is not null)
        {
            list.Count(
                "feedback.earlyActs",
                _earlyActs,
                "Count",
                "acts before the stall of all accesses before them was known");
            list.Quotient(
                "feedback.unappliedStall",
                _unappliedStall,
                _unitsPerCycle,
                "Cycle",
                "stall charged after such an act, at most what they were too early by in all");
        }
    }

    public void ResetStatistics()
    {
        _resetTime = _now;
        _eventsFired = 0;
        _overtaken = 0;
        _overtakenPicoseconds = 0;
        _overtakenMaxPicoseconds = 0;
        _intervals = 0;
        _blocks = 0;
        _records = 0;
        _suppressed = default;
        _accesses.ResetStatistics();
        _weaver?.ResetStatistics();
        _requestsTold = 0;
        _earlyActs = 0;
        _unappliedStall = 0;
        foreach (SessionWindow window in _windows)
        {
            window.ResetStatistics();
        }

        foreach (VcpuSlot slot in _slots)
        {
            slot.Counters.Reset(slot);
            slot.Timeline?.Prefetched.ResetStatistics();
        }

        if (_sampled is not null)
        {
            ResetSamples();
        }
    }

    /// <summary>What an engine that can't stop at an instant makes of timers and frames: they fire at
    /// their own times, when the vCPU that runs has gone further.</summary>
    private void CollectOvertaken(StatisticsList list)
    {
        if (_options.MeasuresRunTime)
        {
            list.Count(
                "events.overtaken", _overtaken, "Count", "of them fired when a core had run past them");
            list.Quotient(
                "events.overtakenMean", _overtakenPicoseconds, _overtaken, "Tick", "how far, in the mean");
            list.Count("events.overtakenMax", _overtakenMaxPicoseconds, "Tick", "how far at most");
        }
    }

    private void CountOvertaken(VirtualDuration passed)
    {
        if (passed > VirtualDuration.Zero)
        {
            _overtaken++;
            _overtakenPicoseconds += passed.Picoseconds;
            _overtakenMaxPicoseconds = Math.Max(_overtakenMaxPicoseconds, passed.Picoseconds);
        }
    }

    private void DumpStatistics()
    {
        if (_options.Observer is { } observer)
        {
            var list = new StatisticsList();
            Collect(list);
            foreach ((string prefix, IStatisticsSource source) in _sources)
            {
                list.Add(prefix, source);
            }

            observer.StatisticsDumped(_now, list);
        }
    }

    private void ResetAllStatistics()
    {
        ResetStatistics();
        foreach ((string _, IStatisticsSource source) in _sources)
        {
            source.ResetStatistics();
        }

        _profile?.Rebase();
        _options.Observer?.StatisticsReset(_now);
    }

    /// <summary>There are records, and no memory to simulate them in.</summary>
    private bool CountsAccesses => _hierarchy is null
        && (_options.RegionEvents ?? _options.Events) != MemoryEventLevel.Off;

    private UInt128 Sum()
    {
        UInt128 sum = 0;
        foreach (VcpuSlot slot in _slots)
        {
            sum += slot.Counters.Instructions;
        }

        return sum;
    }

    private void Publish(VcpuSlot slot)
    {
        SampleIfDue(slot);
        _slicesSeen?.See(slot, _intervals);
        _progress.Publish(
            slot.Id.Index,
            slot.Clock.Now,
            slot.Instructions,
            slot.SystemCalls,
            slot.Activity(_epoch));
    }

    private sealed class SlotStatistics(VcpuSlot slot, bool hasPrefetcher, bool isSampled) : IStatisticsSource
    {
        public void Collect(StatisticsList list)
        {
            slot.Counters.Collect(slot, isSampled, list);
            if (hasPrefetcher && slot.Timeline is { } timeline)
            {
                list.Count("prefetch.late", timeline.Prefetched.LateCount, "Count",
                    "first uses of a prefetched line that waited for it");
                list.Count("prefetch.lateCycles", timeline.Prefetched.LateCycles, "Cycle",
                    "what they waited beyond a hit");
            }
        }

        public void ResetStatistics()
        {
            slot.Counters.Reset(slot);
            slot.Timeline?.Prefetched.ResetStatistics();
        }
    }
}
