using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One cache: set-associative.</summary>
public sealed record CacheOptions
{
    public const int LineSizeBytesMin = 16;
    public const int LineSizeBytesMax = 256;
    public const int WaysMax = 64;
    public const ulong SizeBytesMax = 4UL << 30;

    public required ulong SizeBytes { get; init; }

    public required int Ways { get; init; }

    public required int LineSizeBytes { get; init; }

    /// <summary>From the access to the answer if this level holds the line; not what it adds.
    /// </summary>
    public required CacheLatency Latency { get; init; }

    public ReplacementPolicy Replacement { get; init; } = ReplacementPolicy.Lru;

    public WritePolicy Writes { get; init; } = WritePolicy.Back;

    public WriteMissPolicy WriteMisses { get; init; } = WriteMissPolicy.Allocate;

    /// <summary>Null: none.</summary>
    public PrefetcherOptions? Prefetcher { get; init; }

    public ulong Sets => SizeBytes / ((ulong)Ways * (ulong)LineSizeBytes);

    internal void Check(string key, List<ConfigException> problems)
    {
        int before = problems.Count;
        if (LineSizeBytes is < LineSizeBytesMin or > LineSizeBytesMax
            || !BitOperations.IsPow2(LineSizeBytes))
        {
            problems.Add(new ConfigException($"{key}.line_size",
                $"{LineSizeBytes}B is not a power of two from {LineSizeBytesMin}B to "
                + $"{LineSizeBytesMax}B"));
        }

        if (Ways is < 1 or > WaysMax)
        {
            problems.Add(new ConfigException($"{key}.ways", $"{Ways} is not in 1..{WaysMax}"));
        }

        if (SizeBytes is 0 or > SizeBytesMax)
        {
            problems.Add(new ConfigException($"{key}.size",
                $"{Quantity.FormatSize(SizeBytes)} is not in 1 line..4GiB"));
        }

        if (problems.Count > before)
        {
            return;
        }

        ulong setBytes = (ulong)Ways * (ulong)LineSizeBytes;
        if (SizeBytes % setBytes != 0 || !BitOperations.IsPow2(SizeBytes / setBytes))
        {
            problems.Add(new ConfigException($"{key}.size",
                $"{Quantity.FormatSize(SizeBytes)} is not a power of two of sets of {Ways} lines "
                + $"of {LineSizeBytes}B ({Quantity.FormatSize(setBytes)})"));
        }

        Prefetcher?.Check($"{key}.prefetcher", this, problems);
        if (Replacement == ReplacementPolicy.TreePlru && !BitOperations.IsPow2(Ways))
        {
            problems.Add(new ConfigException($"{key}.replacement",
                $"tree-plru needs a power of two of ways, not {Ways}"));
        }
    }
}
