using Dilaton.Core;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>A node clock and event queue that a test moves by hand.</summary>
internal sealed class FakeClock : INodeClock, IEventQueue
{
    private readonly SortedDictionary<(ulong At, ulong Ticket), INodeEvent> _events = [];
    private ulong _ticket;

    public VirtualTime Now { get; private set; }

    public ulong Schedule(VirtualTime at, INodeEvent action)
    {
        _events.Add((at.Picoseconds, ++_ticket), action);
        return _ticket;
    }

    public void Cancel(ulong ticket)
    {
        foreach ((ulong At, ulong Ticket) key in _events.Keys.ToArray())
        {
            if (key.Ticket == ticket)
            {
                _events.Remove(key);
            }
        }
    }

    public void Advance(VirtualDuration by)
    {
        VirtualTime end = Now + by;
        while (_events.Count > 0 && _events.First().Key.At <= end.Picoseconds)
        {
            ((ulong At, ulong Ticket) key, INodeEvent action) = _events.First();
            _events.Remove(key);
            Now = new VirtualTime(key.At);
            action.Fire();
        }

        Now = end;
    }
}
