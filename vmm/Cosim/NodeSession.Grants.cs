using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Grants: how far a node may go while something may come from outside.
/// docs/time.md, section 9.</summary>
public sealed partial class NodeSession
{
    private VirtualTime _grant;

    /// <summary>Set once the node's guest has ended.</summary>
    public NodeResult? Result =>
        _result is null ? null : _result with { EventLogHash = _log.HashText() };

    /// <summary>No act of the node comes before this: its runnable vCPUs' clocks and its next
    /// event; <see cref="VirtualTime.MaxValue"/> if only something from outside gets it on.
    /// </summary>
    public VirtualTime NextAct
    {
        get
        {
            if (_result is not null)
            {
                return NextFrameEvent;
            }

            VirtualTime next = _queue.NextTime;
            bool runs = _queue.Count > 0;
            foreach (VcpuSlot slot in _slots)
            {
                if (!slot.IsIdle)
                {
                    runs = true;
                    next = VirtualTime.Min(next, NextActOf(slot));
                }
            }

            return runs ? VirtualTime.Min(next, _until) : VirtualTime.MaxValue;
        }
    }

    private bool IsOpen => _grant != VirtualTime.MaxValue;

    /// <summary>Runs until nothing that acts lies before <paramref name="grant"/>.</summary>
    /// <param name="grant">Nothing from outside comes before it. With
    /// <see cref="VirtualTime.MaxValue"/> nothing comes any more, and a node that waits for ever
    /// ends as a deadlock.</param>
    /// <returns>Null if the node has not ended, or its interface is still up.</returns>
    public NodeResult? RunUntil(VirtualTime grant)
    {
        Invariant.Require(_engine is not null, "a session is attached before it runs");
        Invariant.Require(
            _result is null || _staysUp, "a session that has ended runs no more");
        Invariant.Require(grant >= _grant, "a grant goes back");
        RequireAlone(grant);
        lock (_turn)
        {
            LearnFromGrant(grant);
            _grant = grant;
            _pace?.Begin();
            RunToGrant();
            RunInterface();
            return _staysUp ? null : Result;
        }
    }

    /// <summary>Notes a frame that leaves or comes, at <see cref="Now"/>.</summary>
    internal void RecordFrame(bool isArrival, int port, int lengthBytes)
    {
        _timeline.AddFrame(_now, isArrival);
        _log.Add(
            _now,
            -1,
            isArrival ? EventKind.FrameReceived : EventKind.FrameSent,
            (ulong)port,
            (ulong)lengthBytes);
    }

    private void RunToGrant()
    {
        while (_result is null)
        {
            if (_isAttentive)
            {
                Attend();
            }

            if (_stopRequested)
            {
                End(NodeEnd.Stopped, Least()?.Clock.Now ?? _now, 0);
            }
            else if (!Step())
            {
                break;
            }
        }
    }

    /// <summary>A vCPU that is known to spin acts by preemption only, or after others.</summary>
    private VirtualTime NextActOf(VcpuSlot slot) =>
        !slot.HasExit && !slot.NeedsDispatch && slot.Spin.IsKnown(_epoch)
            ? VirtualTime.Max(slot.PreemptAt, slot.Clock.Now)
            : TimeOf(slot);

    /// <summary>The vCPU, the minimum of its node, stands at an action point, and all that could
    /// happen there lies behind the grant.</summary>
    private bool IsBehindGrant(VcpuSlot slot) => TimeOf(slot) >= _grant
        && NextTime >= _grant && _until >= _grant;
}
