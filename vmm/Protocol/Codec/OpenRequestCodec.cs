using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>Open requests on the wire: docs/protocol.md, section 3.4.</summary>
public static class OpenRequestCodec
{
    private const uint NoEntry = uint.MaxValue;

    /// <returns>Where they are in the payload.</returns>
    public static ulong Write(PayloadBuffer payload, ReadOnlySpan<WireOpenRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(payload);
        int count = requests.Length;
        Span<byte> block = payload.Append(checked((int)BytesFor(count)), out ulong offset);
        block.Clear();
        int quads = PayloadBuffer.Pad(count * sizeof(uint));
        Span<ulong> issue = Blittable.Cast<ulong>(block)[..count];
        Span<ulong> at = Blittable.Cast<ulong>(block)[count..][..count];
        Span<byte> rest = block[(2 * count * sizeof(ulong))..];
        Span<uint> cycles = Blittable.Cast<uint>(rest[..quads]);
        Span<uint> entries = Blittable.Cast<uint>(rest.Slice(quads, quads));
        Span<byte> kinds = rest[(2 * quads)..];
        for (int i = 0; i < count; i++)
        {
            ref readonly WireOpenRequest request = ref requests[i];
            issue[i] = request.IssueUnits;
            at[i] = request.At.Picoseconds;
            cycles[i] = request.Cycles;
            entries[i] = (uint)request.Entry;
            kinds[i] = (byte)request.Kind;
        }

        return offset;
    }

    /// <exception cref="ProtocolException">They lie outside of the payload, name what is not
    /// there, or contradict the engine's state.</exception>
    internal static OpenRequestView Read(
        ReadOnlySpan<byte> payload, ulong offset, uint countOnWire, scoped in IssueStateView state,
        FieldPath field)
    {
        ReadOnlySpan<byte> rest =
            PayloadReader.Block(payload, offset, (UInt128)BytesFor(countOnWire), field);
        int count = (int)countOnWire;
        ReadOnlySpan<ulong> issue = PayloadReader.Column<ulong>(ref rest, count, field);
        ReadOnlySpan<ulong> at = PayloadReader.Column<ulong>(ref rest, count, field);
        ReadOnlySpan<uint> cycles = PayloadReader.Column<uint>(ref rest, count, field);
        ReadOnlySpan<uint> entries = PayloadReader.Column<uint>(ref rest, count, field);
        ReadOnlySpan<byte> kinds = PayloadReader.Column<byte>(ref rest, count, field);
        if (!Columns.AreKinds(kinds, RecordColumns.KindMask))
        {
            PayloadReader.Fail(field, $"kinds 0 to {RecordColumns.KindMax}", "another");
        }

        CheckAgainst(state, entries, kinds, field);
        return new OpenRequestView(issue, at, cycles, entries, kinds);
    }

    // As many stores are open as entries are unanswered, each its own, and the core waits for the
    // youngest request if it is blocked, and for none else.
    private static void CheckAgainst(
        in IssueStateView state, ReadOnlySpan<uint> entries, ReadOnlySpan<byte> kinds,
        FieldPath field)
    {
        int stores = 0;
        for (int i = 0; i < kinds.Length; i++)
        {
            var kind = (MemoryEventKind)kinds[i];
            if (kind == MemoryEventKind.Store)
            {
                stores++;
                CheckEntry(state, entries[..i], entries[i], field);
            }
            else if (entries[i] != NoEntry)
            {
                PayloadReader.Fail(field, "no entry of a request but a store", $"{entries[i]}");
            }

            bool mustBlock = state.IsBlocked && i == kinds.Length - 1;
            if (Blocks(kind) != mustBlock)
            {
                PayloadReader.Fail(
                    field, "the core to wait for the last request if it is blocked, else for none",
                    $"{kind} at {i} of {kinds.Length}, blocked {(state.IsBlocked ? 1 : 0)}");
            }
        }

        if (state.IsBlocked && kinds.IsEmpty)
        {
            PayloadReader.Fail(field, "a request that the blocked core waits for", "none");
        }

        int unanswered = state.StoreDone.Count(IssueStateView.Unanswered);
        if (stores != unanswered)
        {
            PayloadReader.Fail(
                field, $"{unanswered} stores, as the state has unanswered entries", $"{stores}");
        }
    }

    private static void CheckEntry(
        in IssueStateView state, ReadOnlySpan<uint> before, uint entry, FieldPath field)
    {
        if (entry >= (uint)state.StoreDone.Length
            || state.StoreDone[(int)entry] != IssueStateView.Unanswered
            || before.Contains(entry))
        {
            PayloadReader.Fail(
                field, "an unanswered entry of the store buffer, each once", $"{entry}");
        }
    }

    private static bool Blocks(MemoryEventKind kind) => kind is MemoryEventKind.Load
        or MemoryEventKind.Atomic or MemoryEventKind.Modify or MemoryEventKind.Fetch;

    private static long BytesFor(long count) =>
        (2 * count * sizeof(ulong)) + (2 * Pad(count * sizeof(uint))) + Pad(count);

    private static long Pad(long bytes) => (bytes + 7) & ~7L;
}
