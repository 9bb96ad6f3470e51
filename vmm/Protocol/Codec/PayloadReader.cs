using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>Takes blocks out of a payload that is not trusted.</summary>
internal static class PayloadReader
{
    private const int Frame = 1;

    /// <exception cref="ProtocolException">The block is not at a multiple of 8, or not within the
    /// payload.</exception>
    public static ReadOnlySpan<byte> Block(
        ReadOnlySpan<byte> payload, ulong offset, UInt128 bytes, FieldPath field)
    {
        if (offset % 8 != 0)
        {
            Fail(field, "a multiple of 8", $"{offset}");
        }

        if (bytes > (ulong)payload.Length || offset > (ulong)payload.Length - (ulong)bytes)
        {
            Fail(
                field, $"{bytes} bytes there in a payload of {payload.Length}",
                $"offset {offset}");
        }

        return payload.Slice((int)offset, (int)bytes);
    }

    /// <summary>Takes the next column off the block; what pads it to 8 bytes must be zero.
    /// </summary>
    public static ReadOnlySpan<T> Column<T>(
        scoped ref ReadOnlySpan<byte> block, int count, FieldPath field)
        where T : unmanaged
    {
        int bytes = count * Blittable.SizeOf<T>();
        int padded = PayloadBuffer.Pad(bytes);
        if (block[bytes..padded].ContainsAnyExcept((byte)0))
        {
            Fail(field, "zeros after each column", "something else");
        }

        ReadOnlySpan<T> column = Blittable.Cast<T>(block[..bytes]);
        block = block[padded..];
        return column;
    }

    [DoesNotReturn]
    public static void Fail(FieldPath field, string expected, string actual) =>
        throw new ProtocolException(Frame, field.ToString(), expected, actual);
}
