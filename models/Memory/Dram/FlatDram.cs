using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A flat latency behind channels of finite bandwidth. A request occupies its channel for
/// line / bandwidth, exactly: time on a channel is kept in picoseconds and parts of one, of which
/// an occupancy is a whole number, so that nothing drifts.
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

    private ulong _partsPerPicosecond;
    private ulong _occupancyPicoseconds;
    private ulong _occupancyParts;
    private readonly ulong[] _freeAt;
    private readonly ulong[] _freeAtParts;
    private readonly int _lineShift;
    private readonly int _lineSizeBytes;
    private ulong _reads;
    private ulong _writes;
    private UInt128 _queueingPicoseconds;
    private UInt128 _queueingParts;
    private ulong _queueingPicosecondsMax;
    private ulong _queueingPartsMax;
    private ulong _queued;
    private ulong _servedBefore;
    private UInt128 _busyBefore;
    private bool _hasSeenRequest;
    private VirtualTime _firstAt;

    public FlatDram(string key, FlatDramOptions options)
    {
        options.Validate(key);
        _lineSizeBytes = options.LineSizeBytes;
        _lineShift = BitOperations.Log2((uint)options.LineSizeBytes);
        _freeAt = new ulong[options.Channels];
        _freeAtParts = new ulong[options.Channels];
        Take(options);
    }

    public VirtualDuration MinLatency { get; private set; }

    /// <summary>Serves what comes from now on by other rates. When a channel gets free, and sums of
    /// times, become whole picoseconds: the one up, the others down.</summary>
    /// <param name="options">Of the same channels and lines.</param>
    public void ChangeRates(FlatDramOptions options)
    {
        options.Validate("memory.dram");
        Invariant.Require(
            options.Channels == _freeAt.Length && options.LineSizeBytes == _lineSizeBytes);
        _busyBefore += BusyParts() / _partsPerPicosecond;
        _servedBefore = _reads + _writes;
        _queueingPicoseconds += _queueingParts / _partsPerPicosecond;
        (_queueingParts, _queueingPartsMax) = (0, 0);
        for (int i = 0; i < _freeAt.Length; i++)
        {
            _freeAt[i] = checked(_freeAt[i] + (_freeAtParts[i] > 0 ? 1UL : 0));
            _freeAtParts[i] = 0;
        }

        Take(options);
    }

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
        UInt128 parts = _partsPerPicosecond;
        UInt128 busy = (_busyBefore * parts) + BusyParts();
        UInt128 queueing = (_queueingPicoseconds * parts) + _queueingParts;
        UInt128 queueingMax = (_queueingPicosecondsMax * parts) + _queueingPartsMax;
        list.Count("reads", _reads, "Count", "lines read");
        list.Count("writes", _writes, "Count", "lines written back");
        list.Count("bytesRead", (UInt128)_reads * (uint)_lineSizeBytes, "Byte", "bytes read");
        list.Count(
            "bytesWritten", (UInt128)_writes * (uint)_lineSizeBytes, "Byte", "bytes written");
        list.Quotient("busyTime", busy, parts, "Tick", "time in transfer, all channels");
        list.Quotient("queueingTime", queueing, parts, "Tick", "time requests waited");
        list.Quotient("queueingTimeMax", queueingMax, parts, "Tick", "longest wait");
        list.Quotient(
            "queueingTimeMean", queueing, served * parts, "Tick", "wait by requests");
        list.Count("queued", _queued, "Count", "requests that waited");
        list.Quotient("utilisation", busy, ActiveParts() * (uint)_freeAt.Length, "Ratio",
            "time in transfer by time from first request to last transfer, by channels");
    }

    public void ResetStatistics()
    {
        _reads = _writes = _queued = 0;
        _queueingPicoseconds = _queueingParts = 0;
        _queueingPicosecondsMax = _queueingPartsMax = 0;
        _servedBefore = 0;
        _busyBefore = 0;
        _hasSeenRequest = false;
    }

    private void Take(FlatDramOptions options)
    {
        MinLatency = options.Latency;

        // Seconds of one line on one of the channels: bits x channels / bandwidth.
        BigInteger numerator = (BigInteger)options.LineSizeBytes * 8 * options.Channels
            * PicosecondsPerSecond;
        BigInteger denominator = options.BandwidthBitsPerSecond;
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        _partsPerPicosecond = (ulong)(denominator / divisor);
        _occupancyPicoseconds = (ulong)(numerator / denominator);
        _occupancyParts = (ulong)(numerator % denominator / divisor);
    }

    /// <summary>In transfer since the rates changed last.</summary>
    private UInt128 BusyParts() => (_reads + _writes - _servedBefore)
        * (((UInt128)_occupancyPicoseconds * _partsPerPicosecond) + _occupancyParts);

    /// <summary>HOT: per request.</summary>
    private VirtualDuration Serve(VirtualTime at, ulong line, MemoryEventKind kind)
    {
        int channel = _freeAt.Length == 1 ? 0 : (int)((line >> _lineShift) % (uint)_freeAt.Length);
        ulong start = _freeAt[channel];
        ulong startParts = _freeAtParts[channel];
        if (start < at.Picoseconds)
        {
            start = at.Picoseconds;
            startParts = 0;
        }

        ulong wait = start - at.Picoseconds;
        ulong freeParts = startParts + _occupancyParts;
        ulong carry = freeParts >= _partsPerPicosecond ? 1UL : 0;
        _freeAt[channel] = checked(start + _occupancyPicoseconds + carry);
        _freeAtParts[channel] = freeParts - (carry * _partsPerPicosecond);
        Count(at, wait, startParts, kind);
        return kind == MemoryEventKind.Writeback
            ? MinLatency
            : MinLatency + VirtualDuration.FromPicoseconds(wait + (startParts > 0 ? 1UL : 0));
    }

    private void Count(VirtualTime at, ulong wait, ulong waitParts, MemoryEventKind kind)
    {
        if (kind == MemoryEventKind.Writeback)
        {
            _writes++;
        }
        else
        {
            _reads++;
        }

        if ((wait | waitParts) != 0)
        {
            _queued++;
            _queueingPicoseconds += wait;
            _queueingParts += waitParts;
            if (wait > _queueingPicosecondsMax
                || (wait == _queueingPicosecondsMax && waitParts > _queueingPartsMax))
            {
                _queueingPicosecondsMax = wait;
                _queueingPartsMax = waitParts;
            }
        }

        _firstAt = _hasSeenRequest ? VirtualTime.Min(_firstAt, at) : at;
        _hasSeenRequest = true;
    }

    private UInt128 ActiveParts()
    {
        UInt128 last = 0;
        for (int i = 0; i < _freeAt.Length; i++)
        {
            UInt128 free = ((UInt128)_freeAt[i] * _partsPerPicosecond) + _freeAtParts[i];
            last = UInt128.Max(last, free);
        }

        UInt128 first = (UInt128)_firstAt.Picoseconds * _partsPerPicosecond;
        return _hasSeenRequest && last > first ? last - first : 0;
    }
}
