using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Bytes in the order they came, in a ring that grows as needed.</summary>
internal sealed class ByteQueue
{
    private const int InitialBytes = 4096;

    private byte[] _ring = [];
    private int _start;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(Count + bytes.Length);
        int end = (_start + Count) & (_ring.Length - 1);
        int first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
    }

    /// <summary>Copies without taking, from so many bytes behind the first.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        Invariant.Require(offset >= 0 && offset + destination.Length <= Count);
        int from = destination.IsEmpty ? 0 : (_start + offset) & (_ring.Length - 1);
        int first = Math.Min(destination.Length, _ring.Length - from);
        _ring.AsSpan(from, first).CopyTo(destination);
        _ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    public void Remove(int count)
    {
        Invariant.Require(count >= 0 && count <= Count);
        Count -= count;
        _start = Count == 0 ? 0 : (_start + count) & (_ring.Length - 1);
    }

    /// <summary>Forgets the bytes and gives back the memory.</summary>
    public void Clear() => (_ring, _start, Count) = ([], 0, 0);

    private void Reserve(int count)
    {
        if (count <= _ring.Length)
        {
            return;
        }

        byte[] larger =
            new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, InitialBytes))];
        CopyTo(0, larger.AsSpan(0, Count));
        (_ring, _start) = (larger, 0);
    }
}
