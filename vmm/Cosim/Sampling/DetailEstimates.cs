using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>All figures that detail windows estimate.</summary>
internal sealed class DetailEstimates
{
    private const string Hits = "Hits";
    private const string Misses = "Misses";

    private static readonly int[] s_instructions = [DetailCounter.Instructions];

    private readonly List<DetailEstimate> _all = [];

    /// <param name="counters">Names of the hierarchy's, in the order of a sample's.</param>
    public DetailEstimates(IReadOnlyList<string> counters, CoreCost cost)
    {
        AddCore(cost);
        AddAccesses();
        List<string> levels = [];
        foreach (string counter in counters)
        {
            string level = counter[..counter.IndexOf('.', StringComparison.Ordinal)];
            if (!levels.Contains(level))
            {
                levels.Add(level);
                AddLevel(level, counters);
            }

            if (counter.EndsWith(Hits, StringComparison.Ordinal))
            {
                AddRow(counter[..^Hits.Length], counters);
            }
        }
    }

    public void Add(ReadOnlySpan<ulong> window)
    {
        foreach (DetailEstimate estimate in _all)
        {
            estimate.Add(window);
        }
    }

    public void Reset()
    {
        foreach (DetailEstimate estimate in _all)
        {
            estimate.Reset();
        }
    }

    public void Collect(StatisticsList list, Func<int, double> quantile)
    {
        foreach (DetailEstimate estimate in _all)
        {
            estimate.Collect(list, quantile);
        }
    }

    private void AddCore(CoreCost cost)
    {
        ulong cycle = cost.UnitsPerCycle;
        _all.Add(new DetailEstimate(
            "cpi", "Cycle", "cycles an instruction, stall included",
            [DetailCounter.Units], s_instructions, cycle)
        {
            Bounds = new DetailBounds([DetailCounter.ColdStallUnits], [DetailCounter.ColdSparedUnits]),
        });
        _all.Add(new DetailEstimate(
            "stall", "Cycle", "stall cycles an instruction, L1 hits' included",
            [DetailCounter.StallUnits], s_instructions, cycle)
        {
            Bounds = new DetailBounds([DetailCounter.ColdStallUnits], [DetailCounter.ColdSparedUnits]),
        });
        _all.Add(new DetailEstimate(
            "requests", "Ratio", "requests behind the caches, an instruction",
            [DetailCounter.Behind], s_instructions)
        {
            Bounds = new DetailBounds([DetailCounter.ColdBehind], [DetailCounter.ColdInside]),
        });
        _all.Add(new DetailEstimate(
            "unwarmed", "Ratio", "lines an instruction whose state the warm-up does not tell",
            [DetailCounter.Cold], s_instructions));
    }

    private void AddAccesses()
    {
        (string Name, string What, int[] Over)[] kinds =
        [
            ("accesses", "data accesses", [DetailCounter.Loads, DetailCounter.Stores,
                DetailCounter.Modifies, DetailCounter.Atomics]),
            ("loads", "plain loads", [DetailCounter.Loads]),
            ("stores", "plain stores", [DetailCounter.Stores]),
            ("modifies", "plain read-modify-writes", [DetailCounter.Modifies]),
            ("atomics", "locked read-modify-writes", [DetailCounter.Atomics]),
        ];
        foreach ((string name, string what, int[] over) in kinds)
        {
            _all.Add(new DetailEstimate(name, "Ratio", $"{what} an instruction", over, s_instructions));
        }
    }

    private void AddLevel(string level, IReadOnlyList<string> counters)
    {
        int[] misses = Find(counters, name => name.StartsWith($"{level}.", StringComparison.Ordinal)
            && name.EndsWith(Misses, StringComparison.Ordinal));
        int[] all = Find(counters, name => name.StartsWith($"{level}.", StringComparison.Ordinal));
        _all.Add(new DetailEstimate(
            $"{level}.missRatio", "Ratio", "misses of all accesses to the level", misses, all)
        {
            Most = 1,
            Bounds = level == "l1d"
                ? new DetailBounds([DetailCounter.ColdDataMisses], [DetailCounter.ColdDataHits])
                : new DetailBounds([DetailCounter.Cold], [DetailCounter.Cold]),
        });
    }

    private void AddRow(string row, IReadOnlyList<string> counters)
    {
        int[] hits = Find(counters, name => name == row + Hits);
        int[] misses = Find(counters, name => name == row + Misses);
        _all.Add(new DetailEstimate(row + Hits, "Ratio", "hits an instruction", hits, s_instructions));
        _all.Add(new DetailEstimate(row + Misses, "Ratio", "misses an instruction", misses, s_instructions));
        _all.Add(new DetailEstimate(
            $"{row}MissRatio", "Ratio", "misses of such accesses", misses, [.. hits, .. misses])
        {
            Most = 1,
        });
    }

    private static int[] Find(IReadOnlyList<string> counters, Func<string, bool> isWanted) =>
        [.. Enumerable.Range(0, counters.Count).Where(i => isWanted(counters[i]))
            .Select(i => DetailCounter.First + i)];
}
