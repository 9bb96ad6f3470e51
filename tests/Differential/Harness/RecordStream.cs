using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>The records that an engine must make of an oracle's accesses.</summary>
internal static class RecordStream
{
    /// <summary>Merges the iterations of a repeated string instruction into chunks that stay
    /// within one line of each of its streams, and adds the cost of what came before.</summary>
    public static List<AccessRecord> Expected(
        IReadOnlyList<OracleAccess> accesses, CoreCost cost, out ulong loads)
    {
        List<AccessRecord> records = [];
        loads = 0;
        for (int i = 0; i < accesses.Count;)
        {
            ulong instruction = accesses[i].Instruction;
            ulong units = (instruction * cost.UnitsPerInstruction) + (loads * cost.UnitsPerLoad);
            int end = i;
            while (end < accesses.Count && accesses[end].Instruction == instruction)
            {
                end++;
            }

            while (i < end)
            {
                i += accesses[i].IsRepeated
                    ? Chunk(accesses, i, end, units, records, ref loads)
                    : Single(accesses[i], units, records, ref loads);
            }
        }

        return records;
    }

    public static bool IsLoad(MemoryEventKind kind) =>
        kind is MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic;

    private static int Single(
        in OracleAccess access, ulong units, List<AccessRecord> records, ref ulong loads)
    {
        Add(access.Address, access.SizeBytes, access.Kind, units, records, ref loads);
        return 1;
    }

    private static int Chunk(
        IReadOnlyList<OracleAccess> accesses, int from, int end, ulong units,
        List<AccessRecord> records, ref ulong loads)
    {
        int streams = StreamsOf(accesses, from, end);
        int rounds = 1;
        while (from + ((rounds + 1) * streams) <= end
            && StaysInLine(accesses, from, rounds, streams))
        {
            rounds++;
        }

        for (int s = 0; s < streams; s++)
        {
            OracleAccess first = accesses[from + s];
            OracleAccess last = accesses[from + ((rounds - 1) * streams) + s];
            ulong low = Math.Min(first.Address, last.Address);
            Add(low, rounds * first.SizeBytes, first.Kind, units, records, ref loads);
        }

        return rounds * streams;
    }

    /// <summary>An iteration has one or two accesses; two differ in kind or in place by more than
    /// a step.</summary>
    private static int StreamsOf(IReadOnlyList<OracleAccess> accesses, int from, int end) =>
        from + 1 < end && accesses[from].Iteration == accesses[from + 1].Iteration ? 2 : 1;

    private static bool StaysInLine(
        IReadOnlyList<OracleAccess> accesses, int from, int rounds, int streams)
    {
        for (int s = 0; s < streams; s++)
        {
            OracleAccess first = accesses[from + s];
            OracleAccess next = accesses[from + (rounds * streams) + s];
            ulong low = Math.Min(first.Address, next.Address);
            ulong high = Math.Max(first.Address, next.Address) + (ulong)next.SizeBytes - 1;
            if (low >> 6 != high >> 6)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An access that crosses a page is two records and one load.</summary>
    private static void Add(
        ulong address, int size, MemoryEventKind kind, ulong units, List<AccessRecord> records,
        ref ulong loads)
    {
        loads += IsLoad(kind) ? 1UL : 0;
        int before = (int)Math.Min(
            (ulong)size, GuestPage.SizeBytes - (address & GuestPage.OffsetMask));
        records.Add(new AccessRecord(
            TestAddressSpace.Physical(address), (byte)before, kind, units));
        if (before < size)
        {
            records.Add(new AccessRecord(
                TestAddressSpace.Physical(address + (ulong)before), (byte)(size - before), kind,
                units));
        }
    }
}
