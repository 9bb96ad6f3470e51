using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One translation look-aside buffer of 4 KiB pages: set-associative, LRU.</summary>
public sealed record TlbOptions
{
    public const int EntriesMax = 1 << 20;

    public required int Entries { get; init; }

    public required int Ways { get; init; }

    public int Sets => Entries / Ways;

    internal void Check(string key, List<ConfigException> problems)
    {
        if (Ways is < 1 or > CacheOptions.WaysMax)
        {
            problems.Add(new ConfigException(
                $"{key}Ways", $"{Ways} is not in 1..{CacheOptions.WaysMax}"));
        }
        else if (Entries is < 1 or > EntriesMax
            || Entries % Ways != 0
            || !BitOperations.IsPow2(Entries / Ways))
        {
            problems.Add(new ConfigException(
                $"{key}Entries", $"{Entries} is not a power of two of sets of {Ways} entries"));
        }
    }
}
