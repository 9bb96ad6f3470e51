using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>Answers on the wire: docs/protocol.md, section 3.6.</summary>
public static class AnswerCodec
{
    /// <returns>Where they are in the payload.</returns>
    public static ulong Write(PayloadBuffer payload, ReadOnlySpan<WireAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(payload);
        int count = answers.Length;
        Span<byte> block = payload.Append(checked(2 * count * sizeof(ulong)), out ulong offset);
        Span<ulong> words = Blittable.Cast<ulong>(block);
        for (int i = 0; i < count; i++)
        {
            (words[i], words[count + i]) = (answers[i].Record, answers[i].LatencyPs);
        }

        return offset;
    }

    /// <exception cref="ProtocolException">They lie outside of the payload.</exception>
    internal static AnswerView Read(
        ReadOnlySpan<byte> payload, ulong offset, uint countOnWire, FieldPath field)
    {
        ReadOnlySpan<byte> rest = PayloadReader.Block(
            payload, offset, (UInt128)countOnWire * (2 * sizeof(ulong)), field);
        ReadOnlySpan<ulong> words = Blittable.Cast<ulong>(rest);
        int count = (int)countOnWire;
        return new AnswerView(words[..count], words[count..]);
    }
}
