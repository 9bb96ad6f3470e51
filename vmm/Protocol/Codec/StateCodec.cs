using System.Buffers.Binary;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>State of an issue engine on the wire: stall u64, next entry u32, blocked u32, done
/// u64[N].</summary>
public static class StateCodec
{
    private const int HeadBytes = 16;

    /// <returns>Where it is in the payload.</returns>
    public static ulong Write(PayloadBuffer payload, in IssueStateView state)
    {
        ArgumentNullException.ThrowIfNull(payload);
        int bytes = HeadBytes + (state.StoreDone.Length * sizeof(ulong));
        Span<byte> block = payload.Append(bytes, out ulong offset);
        BinaryPrimitives.WriteUInt64LittleEndian(block, state.StallUnits);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], (uint)state.NextEntry);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], state.IsBlocked ? 1u : 0u);
        state.StoreDone.CopyTo(Blittable.Cast<ulong>(block[HeadBytes..]));
        return offset;
    }

    /// <exception cref="ProtocolException">It lies outside of the payload, or names what is not
    /// there.</exception>
    internal static IssueStateView Read(
        ReadOnlySpan<byte> payload, ulong offset, int entryCount, FieldPath field)
    {
        ReadOnlySpan<byte> block = PayloadReader.Block(
            payload, offset, (UInt128)(HeadBytes + ((long)entryCount * sizeof(ulong))), field);
        uint next = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        uint blocked = BinaryPrimitives.ReadUInt32LittleEndian(block[12..]);
        if (next >= (uint)entryCount)
        {
            PayloadReader.Fail(field, $"a next entry below {entryCount}", $"{next}");
        }

        if (blocked > 1)
        {
            PayloadReader.Fail(field, "blocked 0 or 1", $"{blocked}");
        }

        return new IssueStateView(
            BinaryPrimitives.ReadUInt64LittleEndian(block), (int)next, blocked == 1,
            Blittable.Cast<ulong>(block[HeadBytes..]));
    }
}
