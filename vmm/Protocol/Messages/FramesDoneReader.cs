using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>A FramesDone as the coordinator reads it.</summary>
public readonly ref struct FramesDoneReader
{
    private readonly FramesDone _done;
    private readonly FrameBlockView _arrivals;

    private FramesDoneReader(FramesDone done, FrameBlockView arrivals)
    {
        _done = done;
        _arrivals = arrivals;
    }

    public VirtualTime Reached => new(_done.ReachedPs);

    public VirtualTime Earliest => new(_done.EarliestPs);

    public FrameBlockView Arrivals => _arrivals;

    /// <param name="number">Of the Frames that it answers.</param>
    /// <param name="reached">By the answer before.</param>
    /// <param name="horizon">That it was given.</param>
    /// <param name="earliest">No arrival may come before it, by what was promised.</param>
    /// <exception cref="ProtocolException">It answers another one, or breaks a promise.
    /// </exception>
    public static FramesDoneReader Open(
        FramesDone done,
        ulong number,
        VirtualTime reached,
        VirtualTime horizon,
        VirtualTime earliest,
        int portCount,
        ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(done);
        if (done.Number != number)
        {
            throw new ProtocolException(0, "frames_done.number", $"{number}", $"{done.Number}");
        }

        FrameBlockView arrivals = FrameBlockReader.Read(
            payload, done.Arrivals, portCount, new FieldPath("frames_done.arrivals", 0));
        CheckTimes(done, reached, horizon, arrivals.Count > 0);
        for (int i = 0; i < arrivals.Count; i++)
        {
            if (arrivals.Time(i) < earliest)
            {
                PayloadReader.Fail(
                    new FieldPath("frames_done.arrivals", 0),
                    $"no frame before {earliest}, as promised", $"{arrivals.Time(i)}");
            }
        }

        return new FramesDoneReader(done, arrivals);
    }

    private static void CheckTimes(
        FramesDone done, VirtualTime reached, VirtualTime horizon, bool hasArrivals)
    {
        ulong to = done.ReachedPs;
        if (to < reached.Picoseconds || to > horizon.Picoseconds
            || (!hasArrivals && to != horizon.Picoseconds))
        {
            throw new ProtocolException(
                0, "frames_done.reached_ps",
                hasArrivals
                    ? $"{reached.Picoseconds} to {horizon.Picoseconds}"
                    : $"the horizon {horizon.Picoseconds}, since nothing arrived",
                $"{to}");
        }

        if (done.EarliestPs <= to && done.EarliestPs != ulong.MaxValue)
        {
            throw new ProtocolException(
                0, "frames_done.earliest_ps", $"above reached_ps ({to})", $"{done.EarliestPs}");
        }
    }
}
