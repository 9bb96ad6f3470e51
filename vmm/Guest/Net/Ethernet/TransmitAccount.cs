using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a socket has given to an interface that has not left the node: Linux charges it
/// to the socket's send buffer, and holds TCP back at a small share of it.</summary>
internal sealed class TransmitAccount(INodeClock clock, IEventQueue events) : INodeEvent
{
    private readonly Queue<(VirtualTime End, int Bytes)> _leaving = new();
    private int _used;
    private int? _threshold;
    private ulong? _ticket;

    /// <summary>Bytes that have not left by now.</summary>
    public int UsedBytes
    {
        get
        {
            VirtualTime now = clock.Now;
            while (_leaving.TryPeek(out (VirtualTime End, int Bytes) first) && first.End <= now)
            {
                _leaving.Dequeue();
                _used -= first.Bytes;
            }

            return _used;
        }
    }

    /// <summary>Told once after <see cref="NotifyWhenAtMost"/>.</summary>
    public Action? Released { get; set; }

    /// <summary>A frame was made and is on its way to the interface.</summary>
    public void Take(int bytes) => _used += bytes;

    /// <summary>It entered the line and leaves by <paramref name="end"/>.</summary>
    public void Leaves(VirtualTime end, int bytes)
    {
        _leaving.Enqueue((end, bytes));
        ScheduleIfWanted();
    }

    /// <summary>It is gone without having been sent, or has arrived at once.</summary>
    public void Drop(int bytes)
    {
        _used -= bytes;
        ScheduleIfWanted();
    }

    /// <summary>Calls <see cref="Released"/> when no more than so many bytes are used, as an event.
    /// </summary>
    public void NotifyWhenAtMost(int bytes)
    {
        _threshold = bytes;
        ScheduleIfWanted();
    }

    bool INodeEvent.OutlivesGuest => true;

    void INodeEvent.Fire()
    {
        _ticket = null;
        if (UsedBytes <= _threshold)
        {
            _threshold = null;
            Released?.Invoke();
        }
        else
        {
            ScheduleIfWanted();
        }
    }

    /// <summary>Frames that wait for an address have no time of leaving yet: they schedule when
    /// they get one.</summary>
    private void ScheduleIfWanted()
    {
        if (_threshold is not { } threshold || _ticket is not null)
        {
            return;
        }

        int rest = UsedBytes;
        VirtualTime at = clock.Now;
        foreach ((VirtualTime end, int bytes) in _leaving)
        {
            if (rest <= threshold)
            {
                break;
            }

            (rest, at) = (rest - bytes, end);
        }

        if (rest <= threshold)
        {
            _ticket = events.Schedule(at, this);
        }
    }
}
