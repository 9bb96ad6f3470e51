using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Changes of the time dilation factor at run time: docs/time.md, 10.</summary>
public sealed partial class NodeSession
{
    private readonly List<(VirtualTime At, NodeRates Rates)> _changes = [];
    private readonly List<RateChange> _changed = [];
    private VirtualTime _changeAt = VirtualTime.MaxValue;
    private KernelCosts _kernelCosts;

    /// <summary>The node's clock, of which a core's is a part.</summary>
    private Frequency _frequency;

    /// <summary>What comes next of itself: an event, or other rates, which come first.</summary>
    private VirtualTime NextTime => VirtualTime.Min(_changeAt, _queue.NextTime);

    /// <summary>Lets the node meet other rates from the first end of a weave interval on that is
    /// possible. While it does not run; of several at one time the last holds.</summary>
    /// <returns>When.</returns>
    public VirtualTime ScheduleRates(NodeRates rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        Invariant.Require(
            _peer is null && _windows.Count == 0, "a peer's rates are its own");
        VirtualTime at = IntervalEndFrom(VirtualTime.Max(rates.From, LatestClock()));
        _changes.Insert(_changes.FindLastIndex(change => change.At <= at) + 1, (at, rates));
        _changeAt = _changes[0].At;
        return at;
    }

    /// <summary>All vCPUs that run have come to the change: the instruction, stall or kernel work
    /// that each was in is done, at the old rates.</summary>
    private void ChangeRates()
    {
        (VirtualTime at, NodeRates rates) = _changes[0];
        SetNow(at);
        _epoch++;
        WeaveTo(at);
        _changes.RemoveAt(0);
        _changeAt = _changes.Count > 0 ? _changes[0].At : VirtualTime.MaxValue;
        rates.ChangeMemory();
        _kernelCosts = rates.KernelCosts;
        _frequency = rates.Frequency;
        PricePageFaults();
        foreach (VcpuSlot slot in _slots)
        {
            if (slot.IsIdle)
            {
                Skip(slot, at);
            }

            Invariant.Require(slot.Clock.Now >= at);
            Sample(slot);
            slot.Core.ChangeWorstStall(rates.WorstStallPerCycle);
            slot.Clock.ChangeFrequency(slot.Core.Options.ClockOf(rates.Frequency));
            slot.Timeline?.ChangeRates(_model?.MinLatency);
            slot.IsDue = true;
        }

        _host.ChangeFrequency(rates.Frequency);
        (_weaver as Weaver)?.ChangeRates();
        _changed.Add(new RateChange(at, rates.Factor));
        _log.Add(
            at,
            -1,
            EventKind.RatesChanged,
            rates.Factor.Numerator,
            rates.Factor.Denominator);
    }

    /// <summary>Where only windows see pages, nobody can say which touch of one is its first.</summary>
    private void PricePageFaults()
    {
        bool isFree = _options.Sampling is { FastForward: MemoryEventLevel.Off };
        foreach (VcpuSlot slot in _slots)
        {
            slot.Core.PageFaultUnits = isFree ? 0 : KernelUnits(slot, new KernelCharge(KernelCostClass.PageFault, 0));
        }
    }

    /// <summary>Time and cycles between the changes, of a node that has any.</summary>
    private void CollectSegments(StatisticsList list, VirtualTime end)
    {
        int count = _changed.Count + _changes.Count;
        if (count == 0)
        {
            return;
        }

        list.Count("dilation.changes", (ulong)_changed.Count, "Count", "changes of the TDF");
        for (int i = 0; i <= count; i++)
        {
            VirtualTime from = i == 0 ? VirtualTime.Zero : ChangeTime(i - 1);
            VirtualTime to = i < _changed.Count ? ChangeTime(i) : end;
            from = VirtualTime.Max(from, _resetTime);
            list.Count(
                $"dilation.segment{i}.time",
                i <= _changed.Count && to > from ? (to - from).Picoseconds : 0,
                "Tick",
                "virtual time since the change before");
            foreach (VcpuSlot slot in _slots)
            {
                list.Quotient(
                    $"dilation.segment{i}.vcpu{slot.Id.Index}.cycles",
                    slot.Counters.UnitsIn(slot.Clock, i),
                    slot.Clock.UnitsPerCycle,
                    "Cycle",
                    "of them in this segment");
            }
        }
    }

    private VirtualTime ChangeTime(int index) => index < _changed.Count
        ? _changed[index].Time
        : VirtualTime.MaxValue;
}
