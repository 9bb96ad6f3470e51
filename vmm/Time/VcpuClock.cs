using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Clock of one vCPU: V = executed + stall + kernel + waiting, in integer cost units
/// (<see cref="CoreCost.UnitsPerCycle"/> of them make a core cycle). Units are converted to
/// picoseconds once, from the total, so that nothing rounded is ever summed.</summary>
public sealed class VcpuClock
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    // Picoseconds per unit as a fraction in lowest terms.
    private readonly ulong _picoseconds;
    private readonly UInt128 _units;
    private readonly ulong _unitsNarrow;
    private readonly ulong _totalNarrowMax;

    public VcpuClock(Frequency frequency, ulong unitsPerCycle)
    {
        Invariant.Require(frequency.Hertz > 0 && unitsPerCycle > 0);
        Frequency = frequency;
        UnitsPerCycle = unitsPerCycle;
        UInt128 unitsPerSecond = (UInt128)frequency.Hertz * unitsPerCycle;
        UInt128 divisor = (UInt128)BigInteger.GreatestCommonDivisor(
            PicosecondsPerSecond, (BigInteger)unitsPerSecond);
        _picoseconds = (ulong)(PicosecondsPerSecond / divisor);
        _units = unitsPerSecond / divisor;
        bool narrow = _units <= ulong.MaxValue;
        _unitsNarrow = narrow ? (ulong)_units : 1;
        _totalNarrowMax = narrow ? ulong.MaxValue / _picoseconds : 0;
    }

    public Frequency Frequency { get; }

    public ulong UnitsPerCycle { get; }

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

        UInt128 cycles = ((UInt128)time.Picoseconds * Frequency.Hertz + (PicosecondsPerSecond - 1))
            / PicosecondsPerSecond;
        ulong target = checked((ulong)(cycles * UnitsPerCycle));
        ulong units = checked(target - TotalUnits);
        WaitingUnits = checked(WaitingUnits + units);
        Add(units);
        Invariant.Require(Now >= time);
    }

    /// <summary>The instant at which a total of units is reached, rounded down to 1 ps.</summary>
    public VirtualTime TimeAt(ulong totalUnits) => new(
        totalUnits <= _totalNarrowMax
            ? totalUnits * _picoseconds / _unitsNarrow
            : checked((ulong)((UInt128)totalUnits * _picoseconds / _units)));

    /// <summary>Fewest total units at which the clock shows <paramref name="time"/> or later;
    /// <see cref="ulong.MaxValue"/> if that is beyond counting.</summary>
    public ulong UnitsCovering(VirtualTime time)
    {
        // floor(n * ps / units) >= t holds from n = ceil(t * units / ps) on.
        if (_units > ulong.MaxValue)
        {
            return Saturate(((BigInteger)time.Picoseconds * (BigInteger)_units
                + (_picoseconds - 1)) / _picoseconds);
        }

        UInt128 total = ((UInt128)time.Picoseconds * _unitsNarrow + (_picoseconds - 1))
            / _picoseconds;
        return total > ulong.MaxValue ? ulong.MaxValue : (ulong)total;
    }

    /// <summary>Units from now until the clock shows <paramref name="time"/>; 0 if it does.
    /// </summary>
    public ulong UnitsUntil(VirtualTime time)
    {
        ulong total = UnitsCovering(time);
        return total <= TotalUnits ? 0 : total - TotalUnits;
    }

    private static ulong Saturate(BigInteger value) =>
        value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;

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
