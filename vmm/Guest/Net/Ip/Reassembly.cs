using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Puts fragments together again (RFC 791, section 3.2). What is not complete after
/// <see cref="Lifetime"/> is dropped, as is the oldest when too much is held.</summary>
internal sealed class Reassembly(INodeClock clock, IEventQueue events)
{
    /// <summary>Linux's ipfrag_high_thresh.</summary>
    public const int HeldBytesMax = 4 << 20;

    private readonly Dictionary<FragmentKey, ReassemblyBuffer> _buffers = [];
    private readonly LinkedList<ReassemblyBuffer> _order = new();
    private int _heldBytes;

    /// <summary>Linux's ipfrag_time.</summary>
    public static VirtualDuration Lifetime => VirtualDuration.FromSeconds(30);

    public int PendingCount => _buffers.Count;

    /// <summary>Packets that were never complete.</summary>
    public ulong FailedCount { get; private set; }

    public ulong CompletedCount { get; private set; }

    public bool TryAdd(
        in Ipv4Header header,
        ReadOnlyMemory<byte> packet,
        [NotNullWhen(true)] out byte[]? whole)
    {
        whole = null;
        FragmentKey key = new(
            header.Source, header.Destination, header.Identification, header.Protocol);
        if (!_buffers.TryGetValue(key, out ReassemblyBuffer? buffer))
        {
            buffer = Open(key);
        }

        int before = buffer.HeldBytes;
        bool fits = buffer.TryAdd(header, packet.Slice(header.HeaderBytes, header.PayloadBytes));
        _heldBytes += buffer.HeldBytes - before;
        if (!fits)
        {
            Fail(buffer);
            return false;
        }

        if (!buffer.IsComplete)
        {
            while (_heldBytes > HeldBytesMax)
            {
                Fail(_order.First!.Value); // What is held is held by a buffer.
            }

            return false;
        }

        whole = buffer.Assemble(header);
        Close(buffer);
        CompletedCount++;
        return true;
    }

    public void TimedOut(ReassemblyBuffer buffer) => Fail(buffer);

    private ReassemblyBuffer Open(FragmentKey key)
    {
        ReassemblyBuffer buffer = new(this, key);
        buffer.Timer = events.Schedule(clock.Now + Lifetime, buffer);
        _buffers.Add(key, buffer);
        _order.AddLast(buffer);
        return buffer;
    }

    private void Fail(ReassemblyBuffer buffer)
    {
        FailedCount++;
        Close(buffer);
    }

    private void Close(ReassemblyBuffer buffer)
    {
        if (buffer.Timer is { } ticket)
        {
            events.Cancel(ticket);
        }

        _heldBytes -= buffer.HeldBytes;
        _buffers.Remove(buffer.Key);
        _order.Remove(buffer);
    }
}
