using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Fragments of one packet. Overlapping ones spoil it, as in Linux (RFC 5722 gives the
/// reason); a repeated one is ignored.</summary>
internal sealed class ReassemblyBuffer(Reassembly owner, FragmentKey key) : INodeEvent
{
    private const int PayloadBytesMax = Ipv4Layer.PacketBytesMax - Ipv4Header.SizeBytes;

    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _parts = [];
    private int _length = int.MaxValue;
    private int _filled;
    private int _furthest;

    public FragmentKey Key { get; } = key;

    public ulong? Timer { get; set; }

    /// <summary>Bytes of payload held.</summary>
    public int HeldBytes => _filled;

    public bool IsComplete => _filled == _length;

    /// <returns>False if the packet is spoilt.</returns>
    public bool TryAdd(in Ipv4Header header, ReadOnlyMemory<byte> payload)
    {
        int start = header.OffsetBytes;
        int end = start + payload.Length;
        if (_parts.TryGetValue(start, out ReadOnlyMemory<byte> same)
            && same.Length == payload.Length)
        {
            return true;
        }

        bool isMisfit = end > PayloadBytesMax || payload.IsEmpty
            || (header.HasMoreFragments ? payload.Length % 8 != 0 || end > _length
                : (_length != int.MaxValue && _length != end) || end < _furthest);
        if (isMisfit || Overlaps(start, end))
        {
            return false;
        }

        if (!header.HasMoreFragments)
        {
            _length = end;
        }

        _furthest = Math.Max(_furthest, end);
        _parts.Add(start, payload);
        _filled += payload.Length;
        return _filled <= _length;
    }

    /// <summary>The whole packet, with a header of its own.</summary>
    public byte[] Assemble(in Ipv4Header last)
    {
        byte[] packet = new byte[Ipv4Header.SizeBytes + _length];
        Ipv4Header whole = last with
        {
            PayloadBytes = _length,
            HasMoreFragments = false,
            OffsetBytes = 0,
            HeaderBytes = Ipv4Header.SizeBytes,
        };
        whole.Write(packet);
        foreach ((int start, ReadOnlyMemory<byte> part) in _parts)
        {
            part.CopyTo(packet.AsMemory(Ipv4Header.SizeBytes + start));
        }

        return packet;
    }

    bool INodeEvent.OutlivesGuest => true;

    void INodeEvent.Fire()
    {
        Timer = null;
        owner.TimedOut(this);
    }

    private bool Overlaps(int start, int end)
    {
        foreach ((int at, ReadOnlyMemory<byte> part) in _parts)
        {
            if (at < end && at + part.Length > start)
            {
                return true;
            }
        }

        return false;
    }
}
