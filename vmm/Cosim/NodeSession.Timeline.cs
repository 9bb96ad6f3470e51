using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The node's timeline. A vCPU is asked what it did when its clock passes the end of a bin,
/// and before it is skipped past one; what it did in between is spread evenly.</summary>
public sealed partial class NodeSession
{
    private readonly NodeTimeline _timeline;
    private ulong _requestsTold;

    /// <summary>What the node did when, since power-on and up to where each vCPU's clock stands. On
    /// the node's thread.</summary>
    public IReadOnlyList<TimelineSample> ReadTimeline()
    {
        foreach (VcpuSlot slot in _slots)
        {
            Sample(slot);
        }

        return _timeline.Samples();
    }

    /// <summary>Skips to a time.</summary>
    private void Skip(VcpuSlot slot, VirtualTime time)
    {
        if (time >= slot.SampleAt)
        {
            Sample(slot);
        }

        slot.Clock.AdvanceTo(time);
        SampleIfDue(slot);
    }

    /// <summary>The vCPU's clock is that of its slice's begin.</summary>
    void IWrittenPagesSink.PagesWritten(VcpuId vcpu, ulong pages) =>
        _timeline.AddPagesWritten(_slots[vcpu.Index].Clock.Now, pages);

    /// <summary>HOT: per slice.</summary>
    private void SampleIfDue(VcpuSlot slot)
    {
        if (slot.Clock.Now >= slot.SampleAt)
        {
            Sample(slot);
        }
    }

    private void Sample(VcpuSlot slot)
    {
        VirtualTime from = slot.Tally.Told;
        _timeline.Add(from, slot.Tally.Take(slot.Clock, slot.Instructions));
        slot.SampleAt = _timeline.EndOfBin(slot.Clock.Now);
        slot.SampleUnits = slot.Clock.UnitsCovering(slot.SampleAt);
    }

    /// <summary>Notes the requests that were timed since it was last called, as of before a time.
    /// </summary>
    private void SampleRequests(VirtualTime time)
    {
        ulong count = _weaver?.RequestCount ?? 0;
        if (count != _requestsTold)
        {
            _timeline.AddRequests(
                new VirtualTime(Math.Max(1, time.Picoseconds) - 1), count - _requestsTold);
            _requestsTold = count;
        }
    }
}
