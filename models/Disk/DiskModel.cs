using Dilaton.Core;

namespace Dilaton.Models.Disk;

/// <summary>A disk with a queue in front of it. A request
/// <code>
///   starts      when it comes, or when one of the depth requests that are worked on is done
///   is ready    latency after its start
///   transfers   from then on, or from the end of the transfer of the request before it
///   is done     size / bandwidth later
/// </code>
/// so that many small requests are bound by depth / latency, and large ones by the bandwidth. A flush
/// starts when all reads and writes before it are done, takes the latency, and no place. Ends are rounded up to a
/// picosecond, each once; between transfers that follow each other nothing is rounded.</summary>
public sealed class DiskModel : IDiskTiming, IStatisticsSource
{
    private const ulong BitPicosecondsPerByte = 8 * 1_000_000_000_000UL;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly DiskOptions _options;

    // Ends of the requests that may still be worked on, soonest first.
    private readonly PriorityQueue<ulong, ulong> _atWork = new();
    private ulong _last;

    // When the medium is free: whole picoseconds, and parts of one by the bandwidth.
    private ulong _free;
    private UInt128 _freeParts;

    private ulong _reads;
    private ulong _writes;
    private ulong _flushes;
    private ulong _bytes;
    private UInt128 _waited;
    private UInt128 _took;

    /// <exception cref="ConfigException">A figure is out of its range.</exception>
    public DiskModel(string key, DiskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(key);
        _options = options;
    }

    /// <inheritdoc/>
    public VirtualTime Complete(VirtualTime now, DiskAction action, ulong bytes)
    {
        while (_atWork.TryPeek(out _, out ulong end) && end <= now.Picoseconds)
        {
            _atWork.Dequeue();
        }

        bool isFlush = action == DiskAction.Flush;
        ulong start = isFlush ? Math.Max(now.Picoseconds, _last)
            : _atWork.Count >= _options.Depth ? _atWork.Dequeue()
            : now.Picoseconds;
        ulong ready = checked(start + _options.Latency.Picoseconds);
        ulong done = isFlush ? ready : Transfer(ready, bytes);
        if (!isFlush)
        {
            _last = Math.Max(_last, done);
            _atWork.Enqueue(done, done);
        }

        Count(action, bytes, start - now.Picoseconds, done - now.Picoseconds);
        return new VirtualTime(done);
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        ulong count = _reads + _writes + _flushes;
        list.Count("reads", _reads, "Count", "read requests");
        list.Count("writes", _writes, "Count", "write requests");
        list.Count("flushes", _flushes, "Count", "requests to have all on the medium");
        list.Count("bytes", _bytes, "Byte", "bytes read and written");
        list.Quotient(
            "queueTime", _waited, (UInt128)count * PicosecondsPerSecond, "Second",
            "mean virtual time that a request waited for its start");
        list.Quotient(
            "serviceTime", _took, (UInt128)count * PicosecondsPerSecond, "Second",
            "mean virtual time from a request's coming to its being done");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _reads = _writes = _flushes = _bytes = 0;
        _waited = _took = 0;
    }

    /// <returns>Its end, rounded up.</returns>
    private ulong Transfer(ulong ready, ulong bytes)
    {
        if (_options.BandwidthBitsPerSecond is not { } bandwidth)
        {
            return ready;
        }

        if (_free < ready)
        {
            (_free, _freeParts) = (ready, 0);
        }

        UInt128 parts = ((UInt128)bytes * BitPicosecondsPerByte) + _freeParts;
        (UInt128 whole, _freeParts) = UInt128.DivRem(parts, bandwidth);
        _free = checked(_free + (ulong)whole);
        return _freeParts == 0 ? _free : checked(_free + 1);
    }

    private void Count(DiskAction action, ulong bytes, ulong waited, ulong took)
    {
        _reads += action == DiskAction.Read ? 1u : 0;
        _writes += action == DiskAction.Write ? 1u : 0;
        _flushes += action == DiskAction.Flush ? 1u : 0;
        _bytes += bytes;
        _waited += waited;
        _took += took;
    }
}
