using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A flat latency behind channels of finite bandwidth. A request occupies its channel for
/// line / bandwidth, exactly: time on a channel is kept in parts of a picosecond, of which an
/// occupancy is a whole number, so that nothing drifts.
/// <code>
///   start   = max(at, channel free)        free = start + occupancy
///   latency = (start - at, rounded up to 1 ps) + flat latency
/// </code>
/// Requests are served in the order given. One that is earlier than those before it (its vCPU ran
/// on within its slice) queues behind them: bandwidth is never given twice. A write-back occupies
/// its channel and is answered after the flat latency, since nobody waits for it.</summary>
public sealed class FlatDram : ITimingModel, IStatisticsSource
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly UInt128 _partsPerPicosecond;
    private readonly UInt128 _occupancyParts;
    private readonly UInt128[] _freeAt;
    private readonly int _lineShift;
    private readonly int _lineSizeBytes;
    private ulong _reads;
    private ulong _writes;
    private UInt128 _queueingParts;
    private UInt128 _queueingPartsMax;
    private ulong _queued;
    private bool _hasSeenRequest;
    private VirtualTime _firstAt;

    public FlatDram(string key, FlatDramOptions options)
    {
        options.Validate(key);
        MinLatency = options.Latency;
        _lineSizeBytes = options.LineSizeBytes;
        _lineShift = BitOperations.Log2((uint)options.LineSizeBytes);
        _freeAt = new UInt128[options.Channels];

        // Seconds of one line on one of the channels: bits x channels / bandwidth.
        BigInteger numerator = (BigInteger)options.LineSizeBytes * 8 * options.Channels
            * PicosecondsPerSecond;
        BigInteger denominator = options.BandwidthBitsPerSecond;
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        _occupancyParts = (UInt128)(numerator / divisor);
        _partsPerPicosecond = (UInt128)(denominator / divisor);
    }

    public VirtualDuration MinLatency { get; }

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        Invariant.Require(latencies.Length >= requests.Length);
        for (int i = 0; i < requests.Length; i++)
        {
            ref readonly MemoryRequest request = ref requests[i];
            latencies[i] = Serve(request.At, request.Line, request.Kind);
        }
    }

    public void Collect(StatisticsList list)
    {
        ulong served = _reads + _writes;
        UInt128 busy = served * _occupancyParts;
        UInt128 parts = _partsPerPicosecond;
        list.Count("reads", _reads, "Count", "lines read");
        list.Count("writes", _writes, "Count", "lines written back");
        list.Count("bytesRead", (UInt128)_reads * (uint)_lineSizeBytes, "Byte", "bytes read");
        list.Count(
            "bytesWritten", (UInt128)_writes * (uint)_lineSizeBytes, "Byte", "bytes written");
        list.Quotient("busyTime", busy, parts, "Tick", "time in transfer, all channels");
        list.Quotient("queueingTime", _queueingParts, parts, "Tick", "time requests waited");
        list.Quotient("queueingTimeMax", _queueingPartsMax, parts, "Tick", "longest wait");
        list.Quotient(
            "queueingTimeMean", _queueingParts, served * parts, "Tick", "wait by requests");
        list.Count("queued", _queued, "Count", "requests that waited");
        list.Quotient("utilisation", busy, ActiveParts() * (uint)_freeAt.Length, "Ratio",
            "time in transfer by time from first request to last transfer, by channels");
    }

    public void ResetStatistics()
    {
        _reads = _writes = _queued = 0;
        _queueingParts = _queueingPartsMax = 0;
        _hasSeenRequest = false;
    }

    private VirtualDuration Serve(VirtualTime at, ulong line, MemoryEventKind kind)
    {
        ref UInt128 free = ref _freeAt[(int)((line >> _lineShift) % (uint)_freeAt.Length)];
        UInt128 arrival = at.Picoseconds * _partsPerPicosecond;
        UInt128 wait = free > arrival ? free - arrival : 0;
        free = arrival + wait + _occupancyParts;
        Count(at, wait, kind);
        if (kind == MemoryEventKind.Writeback)
        {
            return MinLatency;
        }

        ulong waitPs = checked((ulong)((wait + (_partsPerPicosecond - 1)) / _partsPerPicosecond));
        return MinLatency + VirtualDuration.FromPicoseconds(waitPs);
    }

    private void Count(VirtualTime at, UInt128 wait, MemoryEventKind kind)
    {
        if (kind == MemoryEventKind.Writeback)
        {
            _writes++;
        }
        else
        {
            _reads++;
        }

        _queueingParts += wait;
        _queueingPartsMax = UInt128.Max(_queueingPartsMax, wait);
        _queued += wait > 0 ? 1UL : 0;
        _firstAt = _hasSeenRequest ? VirtualTime.Min(_firstAt, at) : at;
        _hasSeenRequest = true;
    }

    private UInt128 ActiveParts()
    {
        UInt128 last = 0;
        foreach (UInt128 free in _freeAt)
        {
            last = UInt128.Max(last, free);
        }

        UInt128 first = _firstAt.Picoseconds * _partsPerPicosecond;
        return _hasSeenRequest && last > first ? last - first : 0;
    }
}
