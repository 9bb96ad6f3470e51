using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>What a link has done since statistics were reset.</summary>
internal sealed class LinkCounters
{
    private const ulong BitPicosecondsPerByte = 8 * 1_000_000_000_000UL;

    private UInt128 _waitPicoseconds;
    private ulong _waitPicosecondsMax;
    private ulong _waited;
    private ulong _queueBytesMax;
    private int _queueFramesMax;

    public ulong Frames { get; set; }

    public UInt128 Bytes { get; set; }

    /// <summary>With overhead.</summary>
    public UInt128 BytesOnLink { get; set; }

    public ulong Lost { get; set; }

    public ulong Dropped { get; set; }

    public ulong Oversize { get; set; }

    public bool HasSeenFrames => (Frames | Dropped | Oversize) != 0;

    public void CountWait(ulong picoseconds, ulong queueBytes, int queueFrames)
    {
        _waited++;
        _waitPicoseconds += picoseconds;
        _waitPicosecondsMax = Math.Max(_waitPicosecondsMax, picoseconds);
        _queueBytesMax = Math.Max(_queueBytesMax, queueBytes);
        _queueFramesMax = Math.Max(_queueFramesMax, queueFrames);
    }

    public void Collect(
        StatisticsList list, string prefix, UInt128 queueFrameTime, ulong bitsPerSecond)
    {
        list.Count($"{prefix}frames", Frames, "Count", "frames sent, those lost on the way too");
        list.Count($"{prefix}bytes", Bytes, "Byte", "bytes of them, overhead left out");
        list.Quotient($"{prefix}busyTime", BytesOnLink * BitPicosecondsPerByte, bitsPerSecond,
            "Tick", "time in transmission");
        list.Count($"{prefix}dropped", Dropped, "Count", "frames for which the buffer was full");
        list.Count($"{prefix}oversize", Oversize, "Count", "frames dropped for their size");
        list.Count($"{prefix}lost", Lost, "Count", "frames sent and lost");
        list.Count($"{prefix}waited", _waited, "Count", "frames that waited for the link");
        list.Count($"{prefix}waitingTime", _waitPicoseconds, "Tick", "time that frames waited");
        list.Count($"{prefix}waitingTimeMax", _waitPicosecondsMax, "Tick", "longest wait");
        list.Quotient(
            $"{prefix}waitingTimeMean", _waitPicoseconds, Frames, "Tick", "wait by frames sent");
        list.Count($"{prefix}queueFrameTime", queueFrameTime, "Tick",
            "waiting frames x time, of frames that have started");
        list.Count($"{prefix}queueBytesMax", _queueBytesMax, "Byte", "most bytes that waited");
        list.Count(
            $"{prefix}queueFramesMax", (uint)_queueFramesMax, "Count", "most frames that waited");
    }
}
