using System.Buffers.Binary;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>State of an issue engine on the wire: stall u64, next entry u32, blocked u32, done u64[N]; with
/// the set `interval` then next register u32, n u32, done u64[M], and of n loads position u64[n], name
/// u64[n], done u64[n].</summary>
public static class StateCodec
{
    private const int HeadBytes = 16;
    private const int IntervalHeadBytes = 8;
    private const int LoadBytes = 3 * sizeof(ulong);

    /// <summary>That of the set `interval` if it has miss registers.</summary>
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
        if (!state.RegisterDone.IsEmpty)
        {
            WriteInterval(payload, state);
        }

        return offset;
    }

    /// <exception cref="ProtocolException">It lies outside of the payload, or names what is not
    /// there.</exception>
    /// <param name="interval">Null: the set is `inorder`.</param>
    internal static IssueStateView Read(
        ReadOnlySpan<byte> payload,
        ulong offset,
        int entryCount,
        IntervalShape? interval,
        FieldPath field)
    {
        int headBytes = HeadBytes + (entryCount * sizeof(ulong));
        ReadOnlySpan<byte> block = PayloadReader.Block(payload, offset, (UInt128)headBytes, field);
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

        ulong stall = BinaryPrimitives.ReadUInt64LittleEndian(block);
        ReadOnlySpan<ulong> done = Blittable.Cast<ulong>(block[HeadBytes..]);
        return interval is null
            ? new IssueStateView(stall, (int)next, blocked == 1, done)
            : ReadInterval(
                payload, offset + (ulong)headBytes, interval, field,
                new IssueStateView(stall, (int)next, blocked == 1, done));
    }

    private static void WriteInterval(PayloadBuffer payload, in IssueStateView state)
    {
        int loads = state.LoadDone.Length;
        int registers = state.RegisterDone.Length;
        Span<byte> block = payload.Append(
            IntervalHeadBytes + (registers * sizeof(ulong)) + (loads * LoadBytes), out _);
        BinaryPrimitives.WriteUInt32LittleEndian(block, (uint)state.NextRegister);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], (uint)loads);
        Span<ulong> words = Blittable.Cast<ulong>(block[IntervalHeadBytes..]);
        state.RegisterDone.CopyTo(words);
        words = words[registers..];
        state.LoadPosition.CopyTo(words);
        state.LoadProgram.CopyTo(words[loads..]);
        state.LoadDone.CopyTo(words[(2 * loads)..]);
    }

    private static IssueStateView ReadInterval(
        ReadOnlySpan<byte> payload,
        ulong offset,
        IntervalShape shape,
        FieldPath field,
        IssueStateView head)
    {
        int headBytes = IntervalHeadBytes + (shape.MissRegisters * sizeof(ulong));
        ReadOnlySpan<byte> block = PayloadReader.Block(payload, offset, (UInt128)headBytes, field);
        uint next = BinaryPrimitives.ReadUInt32LittleEndian(block);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        if (next >= (uint)shape.MissRegisters)
        {
            PayloadReader.Fail(field, $"a next miss register below {shape.MissRegisters}", $"{next}");
        }

        if (count > (uint)shape.LoadQueueEntries)
        {
            PayloadReader.Fail(field, $"at most {shape.LoadQueueEntries} loads", $"{count}");
        }

        int loads = (int)count;
        ReadOnlySpan<ulong> columns = Blittable.Cast<ulong>(PayloadReader.Block(
            payload, offset + (ulong)headBytes, (UInt128)(loads * LoadBytes), field));
        return new IssueStateView(head.StallUnits, head.NextEntry, head.IsBlocked, head.StoreDone)
        {
            NextRegister = (int)next,
            RegisterDone = Blittable.Cast<ulong>(block[IntervalHeadBytes..]),
            LoadPosition = columns[..loads],
            LoadProgram = columns.Slice(loads, loads),
            LoadDone = columns[(2 * loads)..],
        };
    }
}
