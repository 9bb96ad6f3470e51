using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>One direction of a link with its output queue. A frame that stands at it
/// <code>
///   starts   at max(now, end of the frame before), unless it does not fit in the buffer till then
///   ends     at start + size / bandwidth, both exact
///   arrives  at end + latency, rounded up, unless it is lost
/// </code></summary>
internal sealed class Link(LinkPlan plan, LinkOptions options, int number, ulong seed)
{
    private readonly LinkQueue _queue = new();
    private LossStream _loss = new(seed, number, options.Loss, options.LossPattern);
    private LinkClock _clock = new(options.BandwidthBitsPerSecond);

    public string Name => plan.Name;

    public LinkOptions Options { get; } = options;

    public int From { get; } = plan.From;

    public int To { get; } = plan.To;

    public LinkCounters Counters { get; private set; } = new();

    /// <summary>From a frame's standing at this link to its last bit's arrival, if none is before
    /// it.</summary>
    public ulong Unloaded(int frameBytes) =>
        _clock.Duration(frameBytes + Options.OverheadBytes) + Options.Latency.Picoseconds;

    /// <summary>HOT: per frame and hop.</summary>
    public LinkFate Offer(ulong now, int frameBytes, out ulong arrival)
    {
        arrival = 0;
        if (frameBytes > Options.MtuBytes + EthernetFrame.HeaderBytes)
        {
            Counters.Oversize++;
            return LinkFate.DroppedOversize;
        }

        ulong start = _clock.FreeAt;
        if (start > now && !Wait(now, start, frameBytes))
        {
            return LinkFate.DroppedFull;
        }

        int bytes = frameBytes + Options.OverheadBytes;
        arrival = checked(_clock.Send(now, bytes) + Options.Latency.Picoseconds);
        Counters.Frames++;
        Counters.Bytes += (uint)frameBytes;
        Counters.BytesOnLink += (uint)bytes;
        if (_loss.TakesNext())
        {
            Counters.Lost++;
            return LinkFate.Lost;
        }

        return LinkFate.Sent;
    }

    public void Collect(StatisticsList list, ulong now)
    {
        _queue.Release(now);
        Counters.Collect(
            list, $"{Name}.", _queue.FrameTime, Options.BandwidthBitsPerSecond);
    }

    public void ResetStatistics()
    {
        Counters = new LinkCounters();
        _queue.FrameTime = 0;
    }

    private bool Wait(ulong now, ulong start, int frameBytes)
    {
        _queue.Release(now);
        if (_queue.Bytes + (uint)frameBytes > Options.BufferBytes)
        {
            Counters.Dropped++;
            return false;
        }

        _queue.Add(now, start, frameBytes);
        Counters.CountWait(start - now, _queue.Bytes, _queue.Count);
        return true;
    }
}
