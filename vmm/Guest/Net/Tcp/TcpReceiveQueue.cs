using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What has come of a stream: bytes in order that wait for the program, and segments
/// behind a gap.</summary>
internal sealed class TcpReceiveQueue
{
    /// <summary>Segments kept behind gaps; further ones are as if lost.</summary>
    private const int SegmentsMax = 16_384;

    private readonly List<(uint Sequence, ReadOnlyMemory<byte> Bytes)> _late = [];

    /// <summary>The next byte that is missing.</summary>
    public uint Next { get; set; }

    public ByteQueue Ready { get; } = new();

    public bool HasGap => _late.Count > 0;

    /// <summary>Takes bytes that lie in the window, at <see cref="Next"/> or behind it.</summary>
    /// <returns>How far <see cref="Next"/> moved.</returns>
    public int Add(uint sequence, ReadOnlyMemory<byte> bytes)
    {
        Invariant.Require(!SequenceNumber.IsBefore(sequence, Next));
        if (sequence != Next)
        {
            Keep(sequence, bytes);
            return 0;
        }

        uint before = Next;
        Append(bytes);
        int used = 0;
        while (used < _late.Count && !SequenceNumber.IsAfter(_late[used].Sequence, Next))
        {
            (uint at, ReadOnlyMemory<byte> late) = _late[used++];
            int known = SequenceNumber.Ahead(Next, at);
            if (known < late.Length)
            {
                Append(late[known..]);
            }
        }

        _late.RemoveRange(0, used);
        return SequenceNumber.Ahead(Next, before);
    }

    public void Clear()
    {
        Ready.Clear();
        _late.Clear();
    }

    private void Append(ReadOnlyMemory<byte> bytes)
    {
        Ready.Append(bytes.Span);
        Next = unchecked(Next + (uint)bytes.Length);
    }

    /// <summary>In the order of sequence numbers; most come at the end.</summary>
    private void Keep(uint sequence, ReadOnlyMemory<byte> bytes)
    {
        int place = _late.Count;
        while (place > 0 && SequenceNumber.IsAfter(_late[place - 1].Sequence, sequence))
        {
            place--;
        }

        bool isKnown = place > 0
            && SequenceNumber.Ahead(_late[place - 1].Sequence, sequence)
                + _late[place - 1].Bytes.Length >= bytes.Length;
        if (!isKnown && _late.Count < SegmentsMax)
        {
            _late.Insert(place, (sequence, bytes));
        }
    }
}
