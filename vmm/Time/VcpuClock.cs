using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Clock of one vCPU: V = executed + stall + kernel + waiting, in integer cost units
/// (<see cref="CoreCost.UnitsPerCycle"/> of them make a core cycle). Units are converted to
/// picoseconds once, from the total, so that nothing rounded is ever summed. A change of frequency
/// begins a segment: at a total of units, and at a whole picosecond; its units are counted from
/// there.</summary>
public sealed class VcpuClock
{
    private readonly List<ClockSegment> _segments = [];
    private ClockSegment _current;

    public VcpuClock(Frequency frequency, ulong unitsPerCycle)
    {
        UnitsPerCycle = unitsPerCycle;
        _current = new ClockSegment(frequency, unitsPerCycle, 0, VirtualTime.Zero);
        _segments.Add(_current);
    }

    public Frequency Frequency => _current.Frequency;

    public ulong UnitsPerCycle { get; }

    /// <summary>One per frequency, in the order of time; the last one goes on.</summary>
    public IReadOnlyList<ClockSegment> Segments => _segments;

    public ulong ExecutedUnits { get; private set; }

    public ulong StallUnits { get; private set; }

    public ulong KernelUnits { get; private set; }

    public ulong WaitingUnits { get; private set; }

    public ulong TotalUnits { get; private set; }

    /// <summary>V in picoseconds, rounded down.</summary>
    public VirtualTime Now { get; private set; }

    public void AddExecuted(ulong units)
    {
        ExecutedUnits = checked(ExecutedUnits + units);
        Add(units);
    }

    public void AddStall(ulong units)
    {
        StallUnits = checked(StallUnits + units);
        Add(units);
    }

    public void AddKernel(ulong units)
    {
        KernelUnits = checked(KernelUnits + units);
        Add(units);
    }

    /// <summary>Skips to the first cycle edge at or after <paramref name="time"/>; nothing if the
    /// clock stands there or later.</summary>
    public void AdvanceTo(VirtualTime time)
    {
        if (time <= Now)
        {
            return;
        }

        ulong target = checked(
            _current.StartUnits + (_current.CyclesCovering(time) * UnitsPerCycle));
        ulong units = checked(target - TotalUnits);
        WaitingUnits = checked(WaitingUnits + units);
        Add(units);
        Invariant.Require(Now >= time);
    }

    /// <summary>From now on a cycle takes another time. Nothing moves.</summary>
    public void ChangeFrequency(Frequency frequency)
    {
        _current = new ClockSegment(frequency, UnitsPerCycle, TotalUnits, Now);
        _segments.Add(_current);
    }

    /// <summary>The instant at which a total of units is or was reached, rounded down to 1 ps.
    /// </summary>
    public VirtualTime TimeAt(ulong totalUnits)
    {
        if (totalUnits >= _current.StartUnits)
        {
            return _current.TimeAt(totalUnits);
        }

        int i = _segments.Count - 1;
        while (totalUnits < _segments[i].StartUnits)
        {
            i--;
        }

        return _segments[i].TimeAt(totalUnits);
    }

    /// <summary>Fewest total units at which the clock shows <paramref name="time"/> or later, if it
    /// does not yet; <see cref="ulong.MaxValue"/> if that is beyond counting.</summary>
    public ulong UnitsCovering(VirtualTime time) => time <= _current.Start
        ? _current.StartUnits
        : _current.UnitsCovering(time);

    /// <summary>Units from now until the clock shows <paramref name="time"/>; 0 if it does.
    /// </summary>
    public ulong UnitsUntil(VirtualTime time)
    {
        ulong total = UnitsCovering(time);
        return total <= TotalUnits ? 0 : total - TotalUnits;
    }

    private void Add(ulong units)
    {
        if (units != 0)
        {
            TotalUnits = checked(TotalUnits + units);
            VirtualTime now = TimeAt(TotalUnits);
            Invariant.Require(now >= Now);
            Now = now;
        }
    }
}
