using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Reads frames out of a payload that is not trusted: docs/protocol.md, section 8.2.
/// </summary>
internal static class FrameBlockReader
{
    /// <param name="block">Null: no frames.</param>
    /// <exception cref="ProtocolException">It lies outside of the payload, names a port that is not
    /// there, or its lengths do not fit.</exception>
    public static FrameBlockView Read(
        ReadOnlySpan<byte> payload, FrameBlock? block, int portCount, FieldPath field)
    {
        if (block is null || (block.Count == 0 && block.SizeBytes == 0))
        {
            return default;
        }

        UInt128 column = ((UInt128)block.Count * sizeof(uint) + 7) & ~(UInt128)7;
        UInt128 padded = ((UInt128)block.SizeBytes + 7) & ~(UInt128)7;
        ReadOnlySpan<byte> bytes = PayloadReader.Block(
            payload, block.Offset, ((UInt128)block.Count * sizeof(ulong)) + (2 * column) + padded,
            field);
        int count = (int)block.Count;
        ReadOnlySpan<ulong> times = PayloadReader.Column<ulong>(ref bytes, count, field);
        ReadOnlySpan<uint> ports = PayloadReader.Column<uint>(ref bytes, count, field);
        ReadOnlySpan<uint> lengths = PayloadReader.Column<uint>(ref bytes, count, field);
        ReadOnlySpan<byte> frames = PayloadReader.Column<byte>(
            ref bytes, (int)block.SizeBytes, field);
        ulong sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (ports[i] >= portCount)
            {
                PayloadReader.Fail(field, $"a port below {portCount}", $"{ports[i]}");
            }

            if (lengths[i] is 0 or > FrameDeparture.LengthMax)
            {
                PayloadReader.Fail(
                    field, $"a frame of 1 to {FrameDeparture.LengthMax} bytes", $"{lengths[i]}");
            }

            sum += lengths[i];
        }

        if (sum != block.SizeBytes)
        {
            PayloadReader.Fail(field, $"{block.SizeBytes} bytes of frames", $"{sum}");
        }

        return new FrameBlockView(times, ports, lengths, frames);
    }

    /// <summary>Times must not fall.</summary>
    public static void RequireOrder(in FrameBlockView frames, bool withPorts, FieldPath field)
    {
        for (int i = 1; i < frames.Count; i++)
        {
            if (frames.Time(i) < frames.Time(i - 1) || (withPorts
                && frames.Time(i) == frames.Time(i - 1) && frames.Port(i) < frames.Port(i - 1)))
            {
                PayloadReader.Fail(
                    field, $"frames in order, after {frames.Time(i - 1)}", $"{frames.Time(i)}");
            }
        }
    }
}
