using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A link's two directions. Data keep theirs for line / bandwidth, exactly: in picoseconds
/// and parts of one, so that nothing drifts. Requests come in the order of time.
/// <code>
///   start = max(at, free)    free = start + line / bandwidth
///   delay = (free - at, rounded up to 1 ps) + latency
/// </code></summary>
internal sealed class MemoryLink
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly VirtualDuration _latency;
    private readonly ulong _occupancyPicoseconds;
    private readonly ulong _occupancyParts;
    private readonly ulong _partsPerPicosecond = 1;
    private readonly (ulong Picoseconds, ulong Parts)[] _free = new (ulong, ulong)[2];

    public MemoryLink(MemoryLinkOptions options, int lineSizeBytes)
    {
        _latency = options.Latency;
        if (options.BandwidthBitsPerSecond is { } bandwidth)
        {
            BigInteger numerator = (BigInteger)lineSizeBytes * 8 * PicosecondsPerSecond;
            BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, bandwidth);
            _partsPerPicosecond = (ulong)(bandwidth / divisor);
            _occupancyPicoseconds = (ulong)(numerator / bandwidth);
            _occupancyParts = (ulong)(numerator % bandwidth / divisor);
        }

        MinDelay = _latency + VirtualDuration.FromPicoseconds(
            _occupancyPicoseconds + (_occupancyParts > 0 ? 1UL : 0));
    }

    /// <summary>Of a link that is free.</summary>
    public VirtualDuration MinDelay { get; }

    public ulong Lines { get; private set; }

    public UInt128 WaitPicoseconds { get; private set; }

    public ulong WaitPicosecondsMax { get; private set; }

    /// <summary>HOT: per request that crosses it.</summary>
    /// <param name="isWrite">Its data go to the memory; else they come from there.</param>
    /// <returns>What the link adds.</returns>
    public VirtualDuration Cross(VirtualTime at, bool isWrite)
    {
        ref (ulong Picoseconds, ulong Parts) free = ref _free[isWrite ? 1 : 0];
        (ulong start, ulong startParts) = free.Picoseconds < at.Picoseconds
            ? (at.Picoseconds, 0)
            : free;
        ulong parts = startParts + _occupancyParts;
        ulong carry = parts >= _partsPerPicosecond ? 1UL : 0;
        free = (checked(start + _occupancyPicoseconds + carry), parts - (carry * _partsPerPicosecond));
        Lines++;
        ulong wait = start - at.Picoseconds;
        WaitPicoseconds += wait;
        WaitPicosecondsMax = Math.Max(WaitPicosecondsMax, wait);
        return _latency + VirtualDuration.FromPicoseconds(
            free.Picoseconds - at.Picoseconds + (free.Parts > 0 ? 1UL : 0));
    }

    public void ResetStatistics()
    {
        Lines = 0;
        WaitPicoseconds = 0;
        WaitPicosecondsMax = 0;
    }
}
