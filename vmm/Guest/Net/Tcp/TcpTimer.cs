using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>One of a connection's timers. Setting it later leaves the event where it is, and
/// moves it when it fires: most settings are postponements.</summary>
/// <param name="outlivesGuest">It still counts once the node's programs have ended.</param>
internal sealed class TcpTimer(
    INodeClock clock, IEventQueue events, Action expired, bool outlivesGuest = true) : INodeEvent
{
    private VirtualTime? _deadline;
    private VirtualTime _scheduledAt;
    private ulong? _ticket;

    public bool IsRunning => _deadline is not null;

    public VirtualTime? Deadline => _deadline;

    public void Set(VirtualDuration delay)
    {
        VirtualTime at = clock.Now + delay;
        _deadline = at;
        if (_ticket is { } ticket)
        {
            if (at >= _scheduledAt)
            {
                return;
            }

            events.Cancel(ticket);
        }

        _scheduledAt = at;
        _ticket = events.Schedule(at, this);
    }

    public void Stop()
    {
        _deadline = null;
        if (_ticket is { } ticket)
        {
            events.Cancel(ticket);
            _ticket = null;
        }
    }

    bool INodeEvent.OutlivesGuest => outlivesGuest;

    void INodeEvent.Fire()
    {
        _ticket = null;
        if (_deadline is not { } deadline)
        {
            return;
        }

        if (deadline > clock.Now)
        {
            _scheduledAt = deadline;
            _ticket = events.Schedule(deadline, this);
            return;
        }

        _deadline = null;
        expired();
    }
}
