using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Load-to-use latency of a level: in core cycles, or in time, which each vCPU rounds up
/// to its own cycles.</summary>
public readonly record struct CacheLatency
{
    private readonly uint _cycles;
    private readonly VirtualDuration _time;

    private CacheLatency(uint cycles, VirtualDuration time)
    {
        _cycles = cycles;
        _time = time;
    }

    public bool IsTime => _time > VirtualDuration.Zero;

    public static CacheLatency FromCycles(uint cycles) => new(cycles, VirtualDuration.Zero);

    public static CacheLatency FromTime(VirtualDuration time)
    {
        Invariant.Require(time > VirtualDuration.Zero);
        return new CacheLatency(0, time);
    }

    /// <summary>Fewest whole cycles of that clock that cover the latency.</summary>
    public uint ToCycles(Frequency clock) =>
        IsTime ? checked((uint)clock.CyclesCovering(_time)) : _cycles;

    /// <summary>The same of a level that cores with different clocks share. Its cycles are the fastest core's;
    /// the way to it is private, and as many cycles of each core's own clock.</summary>
    /// <param name="ownCycles">What the last private level takes by this clock.</param>
    /// <param name="fastestCycles">What it takes by the fastest core's.</param>
    public uint ToSharedCycles(Frequency clock, Frequency fastest, uint ownCycles, uint fastestCycles)
    {
        if (IsTime || clock == fastest || _cycles <= fastestCycles)
        {
            return ToCycles(clock);
        }

        UInt128 beyond = (UInt128)(_cycles - fastestCycles) * clock.Hertz;
        return checked(ownCycles + (uint)((beyond + (fastest.Hertz - 1)) / fastest.Hertz));
    }

    public override string ToString() =>
        IsTime ? _time.ToString() : string.Create(CultureInfo.InvariantCulture, $"{_cycles}cycles");
}
