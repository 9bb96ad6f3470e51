using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Frames that have come and have not been taken up: the kernel does one after the other,
/// each for the cost of <see cref="KernelCostClass.Packet"/>, beside its vCPUs.</summary>
internal sealed class ReceiveBacklog(
    INodeClock clock, IEventQueue events, Action<ReadOnlyMemory<byte>> takeUp) : INodeEvent
{
    /// <summary>As Linux's net.core.netdev_max_backlog.</summary>
    public const int FramesMax = 1000;

    private readonly Queue<(VirtualTime At, ReadOnlyMemory<byte> Frame)> _waiting = new();
    private VirtualTime _free;

    /// <summary>HOT: per frame.</summary>
    /// <returns>False if too many wait.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> frame)
    {
        VirtualTime now = clock.Now;
        VirtualDuration cost = clock.After(new KernelCharge(KernelCostClass.Packet, 0)) - now;
        if (_waiting.Count == 0 && cost == VirtualDuration.Zero)
        {
            takeUp(frame);
            return true;
        }

        if (_waiting.Count == FramesMax)
        {
            return false;
        }

        _free = VirtualTime.Max(_free, now) + cost;
        _waiting.Enqueue((_free, frame));
        if (_waiting.Count == 1)
        {
            events.Schedule(_free, this);
        }

        return true;
    }

    bool INodeEvent.OutlivesGuest => true;

    void INodeEvent.Fire()
    {
        (_, ReadOnlyMemory<byte> frame) = _waiting.Dequeue();
        if (_waiting.TryPeek(out (VirtualTime At, ReadOnlyMemory<byte> Frame) next))
        {
            events.Schedule(next.At, this);
        }

        takeUp(frame);
    }
}
