using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>A payload that is being written: blocks at multiples of 8 bytes, gaps zero. Its memory
/// is kept from one message to the next.</summary>
public sealed class PayloadBuffer
{
    private ulong[] _words = new ulong[512];
    private int _length;

    /// <summary>What was written since the last <see cref="Clear"/>; begins at a multiple of 8 in
    /// memory too.</summary>
    public ReadOnlySpan<byte> Bytes => Blittable.AsBytes(_words.AsSpan())[.._length];

    public static int Pad(int bytes) => checked(bytes + 7) & ~7;

    public void Clear() => _length = 0;

    /// <summary>Makes room for a block at the end. The span is valid until the next call; its
    /// bytes, up to the multiple of 8 that ends it, are the caller's to fill.</summary>
    /// <param name="bytes">A multiple of 8.</param>
    /// <exception cref="InvariantException">The payload would exceed
    /// <see cref="ProtocolLimits.PayloadBytesMax"/>.</exception>
    public Span<byte> Append(int bytes, out ulong offset)
    {
        Invariant.Require(bytes >= 0 && bytes % 8 == 0);
        Invariant.Require(bytes <= ProtocolLimits.PayloadBytesMax - _length);
        offset = (ulong)_length;
        int end = _length + bytes;
        if (end > _words.Length * sizeof(ulong))
        {
            Array.Resize(ref _words, Math.Max(end / sizeof(ulong), _words.Length * 2));
        }

        Span<byte> block = Blittable.AsBytes(_words.AsSpan()).Slice(_length, bytes);
        _length = end;
        return block;
    }

    public ulong AppendWords(ReadOnlySpan<ulong> words)
    {
        words.CopyTo(Blittable.Cast<ulong>(Append(words.Length * sizeof(ulong), out ulong offset)));
        return offset;
    }
}
