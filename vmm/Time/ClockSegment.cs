using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>A vCPU's time at one frequency: from so many units on, at a time.</summary>
public sealed class ClockSegment
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    // Picoseconds per unit as a fraction in lowest terms.
    private readonly ulong _picoseconds;
    private readonly UInt128 _units;
    private readonly ulong _unitsNarrow;
    private readonly ulong _narrowMax;

    public ClockSegment(
        Frequency frequency, ulong unitsPerCycle, ulong startUnits, VirtualTime start)
    {
        Invariant.Require(frequency.Hertz > 0 && unitsPerCycle > 0);
        Frequency = frequency;
        StartUnits = startUnits;
        Start = start;
        UInt128 unitsPerSecond = (UInt128)frequency.Hertz * unitsPerCycle;
        UInt128 divisor = (UInt128)BigInteger.GreatestCommonDivisor(
            PicosecondsPerSecond, (BigInteger)unitsPerSecond);
        _picoseconds = (ulong)(PicosecondsPerSecond / divisor);
        _units = unitsPerSecond / divisor;
        bool narrow = _units <= ulong.MaxValue;
        _unitsNarrow = narrow ? (ulong)_units : 1;
        _narrowMax = narrow ? ulong.MaxValue / _picoseconds : 0;
    }

    public Frequency Frequency { get; }

    /// <summary>V at its start.</summary>
    public ulong StartUnits { get; }

    public VirtualTime Start { get; }

    internal VirtualTime TimeAt(ulong totalUnits)
    {
        ulong units = totalUnits - StartUnits;
        return new VirtualTime(checked(Start.Picoseconds + (units <= _narrowMax
            ? units * _picoseconds / _unitsNarrow
            : checked((ulong)((UInt128)units * _picoseconds / _units)))));
    }

    /// <summary>Fewest whole cycles from the start on that end at the time or later.</summary>
    internal ulong CyclesCovering(VirtualTime time) =>
        Frequency.CyclesCovering(time - Start);

    internal ulong UnitsCovering(VirtualTime time)
    {
        // floor(n * ps / units) >= t holds from n = ceil(t * units / ps) on.
        ulong span = (time - Start).Picoseconds;
        if (_units > ulong.MaxValue)
        {
            BigInteger wide = StartUnits
                + ((((BigInteger)span * (BigInteger)_units) + (_picoseconds - 1)) / _picoseconds);
            return wide > ulong.MaxValue ? ulong.MaxValue : (ulong)wide;
        }

        UInt128 total = StartUnits
            + ((((UInt128)span * _unitsNarrow) + (_picoseconds - 1)) / _picoseconds);
        return total > ulong.MaxValue ? ulong.MaxValue : (ulong)total;
    }
}
