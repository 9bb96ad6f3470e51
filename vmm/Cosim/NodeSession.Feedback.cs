using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Feedback k intervals late, while the peer works: docs/time.md, 4.12.</summary>
public sealed partial class NodeSession
{
    /// <summary>Null: lockstep.</summary>
    private PeerWeaver? _pipeline;

    private ulong _earlyActs;
    private ulong _unappliedStall;

    /// <summary>Whether an act must see all the stall of what came before it.</summary>
    private bool IsExact(VcpuSlot slot) =>
        _pipeline is null || (slot.HasExit && slot.Exit.Reason == ExitReason.RegionMark);

    /// <summary>A grant ends intervals early, so where it lies would show in what comes back when.
    /// </summary>
    private void RequireAlone(VirtualTime grant)
    {
        if (_pipeline is not null && grant != VirtualTime.MaxValue)
        {
            throw new ConfigException(
                "time.feedback", "pipelined needs a node that no other can reach");
        }
    }

    private void ClosePipelined(VirtualTime end)
    {
        _pipeline!.Close(end, _options.FeedbackIntervals);
        SampleRequests(end);
        Settle();
    }

    /// <summary>An act comes with the stall that is known.</summary>
    private void ActEarly(VcpuSlot slot)
    {
        if (!IsExact(slot) && slot.Timeline!.HasUnanswered)
        {
            _earlyActs++;
            slot.HasActedEarly = true;
        }
    }

    /// <summary>All vCPUs are idle: what comes back before the next event comes before it.</summary>
    /// <returns>False if nothing does.</returns>
    private bool CloseWhileIdle()
    {
        if (_pipeline is not { IsBusy: true } || _queue.Count == 0
            || _intervalEnd > VirtualTime.Min(_queue.NextTime, _until))
        {
            return false;
        }

        CloseInterval(_intervalEnd);
        return true;
    }

    /// <summary>The run ends with an act: what came before it is timed to its end.</summary>
    /// <returns>When it ends.</returns>
    private VirtualTime TimeToTheEnd(VcpuSlot actor, VirtualTime time)
    {
        while (actor.Clock.Now > time || (actor.Timeline!.IsWaiting && _weaver!.HasMoved))
        {
            time = VirtualTime.Max(time, actor.Clock.Now);
            _weaver!.WeaveTo(time, _until);
            SampleRequests(time);
            Settle();
        }

        return time;
    }

    /// <summary>Waits for all that the peer owes.</summary>
    private void DrainPipeline()
    {
        if (_pipeline is not null)
        {
            _pipeline.Drain();
            SampleRequests(_now);
            Settle();
        }
    }
}
