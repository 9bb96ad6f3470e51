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

    public override string ToString() =>
        IsTime ? _time.ToString() : string.Create(CultureInfo.InvariantCulture, $"{_cycles}cycles");
}
