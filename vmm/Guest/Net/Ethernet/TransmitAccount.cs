using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a socket has given to an interface that has not left the node: Linux charges it
/// to the socket's send buffer, and holds TCP back at a small share of it.</summary>
internal sealed class TransmitAccount(INodeClock clock, IEventQueue events) : INodeEvent
{
    private readonly Queue<(VirtualTime End, int Bytes)> _leaving = new();
    private int _used;
    private ulong? _ticket;
    private bool _isWanted;

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

    /// <summary>Told once after <see cref="NotifyOnRelease"/>, when something has left.</summary>
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
        if (_isWanted && _ticket is null)
        {
            _ticket = events.Schedule(clock.Now, this);
        }
    }

    /// <summary>Calls <see cref="Released"/> when the next frame has left or was dropped.
    /// </summary>
    public void NotifyOnRelease()
    {
        _isWanted = true;
        ScheduleIfWanted();
    }

    void INodeEvent.Fire()
    {
        _ticket = null;
        _isWanted = false;
        Released?.Invoke();
    }

    private void ScheduleIfWanted()
    {
        if (_isWanted && _ticket is null
            && _leaving.TryPeek(out (VirtualTime End, int Bytes) first))
        {
            _ticket = events.Schedule(VirtualTime.Max(first.End, clock.Now), this);
        }
    }
}
