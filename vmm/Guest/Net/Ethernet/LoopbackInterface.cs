using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary><c>lo</c>: what is sent arrives when its sender is done with it, as an event of its own,
/// so that nothing is received in the middle of a send.</summary>
/// <param name="sendTime">When what is sent now is done.</param>
internal sealed class LoopbackInterface(
    INodeClock clock,
    IEventQueue events,
    Func<VirtualTime> sendTime,
    Action<ReadOnlyMemory<byte>, NetworkInterface> receive)
    : NetworkInterface("lo", 1, Ipv4Address.Loopback, 8, MtuMax), INodeEvent
{
    public const int MtuMax = 65_536;

    private readonly Queue<(VirtualTime At, byte[] Frame)> _arriving = new();
    private VirtualTime _last;
    private bool _isScheduled;

    public override MacAddress Mac => default;

    public override bool IsLoopback => true;

    public override void Send(byte[] frame, Ipv4Address nextHop, TransmitAccount? account)
    {
        Counters.SentFrames++;
        Counters.SentBytes += (ulong)frame.Length;
        account?.Drop(frame.Length);
        _last = VirtualTime.Max(_last, sendTime());
        _arriving.Enqueue((_last, frame));
        ScheduleNext();
    }

    bool INodeEvent.OutlivesGuest => true;

    void INodeEvent.Fire()
    {
        // What these packets cause to be sent arrives with the next event of the same time.
        _isScheduled = false;
        for (int i = _arriving.Count; i > 0 && _arriving.Peek().At <= clock.Now; i--)
        {
            byte[] frame = _arriving.Dequeue().Frame;
            Counters.ReceivedFrames++;
            Counters.ReceivedBytes += (ulong)frame.Length;
            receive(frame.AsMemory(EthernetHeader.SizeBytes), this);
        }

        ScheduleNext();
    }

    private void ScheduleNext()
    {
        if (!_isScheduled && _arriving.TryPeek(out (VirtualTime At, byte[] Frame) next))
        {
            _isScheduled = true;
            events.Schedule(next.At, this);
        }
    }
}
