using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>How each vCPU finds the pages that it accesses.</summary>
public sealed record TranslationOptions
{
    public const int WalkCacheEntriesMax = CacheOptions.WaysMax;
    public const uint SecondCyclesMax = 1000;

    public required TlbOptions Instructions { get; init; }

    public required TlbOptions Data { get; init; }

    /// <summary>Of both, behind them; null: none.</summary>
    public required TlbOptions? Second { get; init; }

    /// <summary>What a look into <see cref="Second"/> takes, hit or not.</summary>
    public required uint SecondCycles { get; init; }

    /// <summary>Entries that are kept of each of the three upper levels of the page table, fully
    /// associative; 0: none.</summary>
    public required int WalkCacheEntries { get; init; }

    internal void Check(string key, List<ConfigException> problems)
    {
        Instructions.Check($"{key}.itlb", problems);
        Data.Check($"{key}.dtlb", problems);
        Second?.Check($"{key}.stlb", problems);
        if (SecondCycles > SecondCyclesMax)
        {
            problems.Add(new ConfigException(
                $"{key}.stlbLatency", $"{SecondCycles} cycles are above {SecondCyclesMax}"));
        }

        if (WalkCacheEntries is < 0 or > WalkCacheEntriesMax)
        {
            problems.Add(new ConfigException($"{key}.walkCache",
                $"{WalkCacheEntries} is not in 0..{WalkCacheEntriesMax}"));
        }
    }
}
