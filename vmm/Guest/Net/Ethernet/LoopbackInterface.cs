using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary><c>lo</c>: what is sent arrives at the same virtual time, as an event of its own, so
/// that nothing is received in the middle of a send.</summary>
internal sealed class LoopbackInterface(
    INodeClock clock, IEventQueue events, Action<ReadOnlyMemory<byte>, NetworkInterface> receive)
    : NetworkInterface("lo", 1, Ipv4Address.Loopback, 8, MtuMax), INodeEvent
{
    public const int MtuMax = 65_536;

    private readonly Queue<byte[]> _arriving = new();
    private bool _isScheduled;

    public override MacAddress Mac => default;

    public override bool IsLoopback => true;

    public override void Send(byte[] frame, Ipv4Address nextHop, TransmitAccount? account)
    {
        Counters.SentFrames++;
        Counters.SentBytes += (ulong)frame.Length;
        account?.Drop(frame.Length);
        _arriving.Enqueue(frame);
        if (!_isScheduled)
        {
            _isScheduled = true;
            events.Schedule(clock.Now, this);
        }
    }

    void INodeEvent.Fire()
    {
        // What these packets cause to be sent arrives with the next event of the same time.
        _isScheduled = false;
        for (int i = _arriving.Count; i > 0; i--)
        {
            byte[] frame = _arriving.Dequeue();
            Counters.ReceivedFrames++;
            Counters.ReceivedBytes += (ulong)frame.Length;
            receive(frame.AsMemory(EthernetHeader.SizeBytes), this);
        }
    }
}
