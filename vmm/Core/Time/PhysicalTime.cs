namespace Dilaton.Core;

/// <summary>The clock of the physical world as a schedule of dilation has it: while the factor is F,
/// it goes F times as fast as virtual time. What is physical and lives in it has its own rates and
/// delays, and guests meet rates x F and delays / F, also of what is under way when F changes. At each
/// change it is rounded up to a whole picosecond; in between it is an exact rational.</summary>
public sealed class PhysicalTime
{
    private readonly List<Segment> _segments = [];

    /// <param name="first">Of the time from zero on; at least 1, as all factors.</param>
    public PhysicalTime(Ratio first)
    {
        RequireUsable(first);
        _segments.Add(new Segment(0, 0, first));
    }

    /// <summary>The largest factor so far.</summary>
    public Ratio Largest { get; private set; }

    /// <summary>From a time on, later than that of the change before, another factor holds.</summary>
    public void Change(VirtualTime from, Ratio factor)
    {
        RequireUsable(factor);
        Segment last = _segments[^1];
        Invariant.Require(from.Picoseconds > last.Virtual, "changes come in the order of time");
        _segments.Add(new Segment(from.Picoseconds, Ceiling(last, from.Picoseconds), factor));
    }

    /// <summary>Of something that begins at a virtual time; rounded up.</summary>
    public VirtualTime At(VirtualTime time) => time == VirtualTime.MaxValue
        ? time
        : new VirtualTime(Ceiling(SegmentOf(time), time.Picoseconds));

    /// <summary>The last physical picosecond that is over at a virtual time.</summary>
    public VirtualTime Within(VirtualTime time)
    {
        Segment segment = SegmentOf(time);
        UInt128 physical = segment.Physical + ((UInt128)(time.Picoseconds - segment.Virtual)
            * segment.Factor.Numerator / segment.Factor.Denominator);
        return physical >= ulong.MaxValue
            ? VirtualTime.MaxValue
            : new VirtualTime((ulong)physical);
    }

    /// <summary>When something that happens at a physical time is there; rounded up.</summary>
    public VirtualTime ToVirtual(VirtualTime physical)
    {
        if (physical == VirtualTime.MaxValue)
        {
            return physical;
        }

        int i = _segments.Count - 1;
        while (physical.Picoseconds < _segments[i].Physical)
        {
            i--;
        }

        Segment segment = _segments[i];
        Ratio inverse = new(segment.Factor.Denominator, segment.Factor.Numerator);
        return new VirtualTime(checked(
            segment.Virtual + inverse.ScaleUp(physical.Picoseconds - segment.Physical)));
    }

    private static ulong Ceiling(in Segment segment, ulong time) =>
        checked(segment.Physical + segment.Factor.ScaleUp(time - segment.Virtual));

    private void RequireUsable(Ratio factor)
    {
        Invariant.Require(factor.Numerator >= factor.Denominator, "two instants would be one");
        UInt128 left = (UInt128)factor.Numerator * Math.Max(Largest.Denominator, 1);
        if (left > (UInt128)Largest.Numerator * factor.Denominator)
        {
            Largest = factor;
        }
    }

    private Segment SegmentOf(VirtualTime time)
    {
        int i = _segments.Count - 1;
        while (time.Picoseconds < _segments[i].Virtual)
        {
            i--;
        }

        return _segments[i];
    }

    private readonly record struct Segment(ulong Virtual, ulong Physical, Ratio Factor);
}
