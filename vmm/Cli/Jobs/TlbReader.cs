using System.Numerics;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Reads and checks `memory.tlb`.</summary>
internal static class TlbReader
{
    private const string Key = "tlb";

    public static TlbJob? Read(MapReader memory)
    {
        if (memory.Take(Key) is null or JobScalar { Text: "none" or "null" or "~", IsQuoted: false })
        {
            return null;
        }

        MapReader map = memory.Section(Key);
        TlbJob standard = new();
        TlbJob job = new()
        {
            ItlbEntries = Entries(map, "itlbEntries", standard.ItlbEntries, 1),
            ItlbWays = Ways(map, "itlbWays", standard.ItlbWays),
            DtlbEntries = Entries(map, "dtlbEntries", standard.DtlbEntries, 1),
            DtlbWays = Ways(map, "dtlbWays", standard.DtlbWays),
            StlbEntries = Entries(map, "stlbEntries", standard.StlbEntries, 0),
            StlbWays = Ways(map, "stlbWays", standard.StlbWays),
            StlbLatency = map.Value<CycleCount>("stlbLatency", standard.StlbLatency, CycleCount.TryParse),
            WalkCache = (int)map.Integer(
                "walkCache", standard.WalkCache, 0, TranslationOptions.WalkCacheEntriesMax),
        };
        CheckShape(map, "itlbEntries", job.ItlbEntries, job.ItlbWays);
        CheckShape(map, "dtlbEntries", job.DtlbEntries, job.DtlbWays);
        CheckShape(map, "stlbEntries", job.StlbEntries, job.StlbWays);
        if (job.StlbLatency.Cycles > TranslationOptions.SecondCyclesMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "stlbLatency",
                $"{job.StlbLatency} is out of range (0 to {TranslationOptions.SecondCyclesMax} cycles)");
        }

        map.Done();
        return job;
    }

    private static int Entries(MapReader map, string key, int fallback, int least) =>
        (int)map.Integer(key, fallback, least, TlbOptions.EntriesMax);

    private static int Ways(MapReader map, string key, int fallback) =>
        (int)map.Integer(key, fallback, 1, CacheOptions.WaysMax);

    private static void CheckShape(MapReader map, string key, int entries, int ways)
    {
        if (entries == 0 || (entries % ways == 0 && BitOperations.IsPow2(entries / ways)))
        {
            return;
        }

        uint sets = BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, entries / ways));
        map.Error(
            DiagnosticCode.Inconsistent,
            key,
            $"{entries} is not a power of two of sets of {ways} entries",
            $"such as {sets * (uint)ways}");
    }
}
