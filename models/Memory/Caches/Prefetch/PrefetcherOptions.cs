using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A hardware prefetcher of an L1D or of a private L2.</summary>
public sealed record PrefetcherOptions
{
    public const int DegreeMax = 16;
    public const int DistanceMax = 63;

    public required PrefetcherKind Kind { get; init; }

    /// <summary>Lines asked for at once, at most.</summary>
    public required int Degree { get; init; }

    /// <summary>How far ahead of the access: of the first line asked for (next-line, stride; in
    /// lines, in strides), or of the last one (stream; in lines).</summary>
    public required int Distance { get; init; }

    internal void Check(string key, CacheOptions cache, List<ConfigException> problems)
    {
        if (Degree is < 1 or > DegreeMax)
        {
            problems.Add(new ConfigException(
                $"{key}.degree", $"{Degree} is not in 1..{DegreeMax}"));
        }

        if (Distance is < 1 or > DistanceMax)
        {
            problems.Add(new ConfigException(
                $"{key}.distance", $"{Distance} is not in 1..{DistanceMax}"));
        }

        if (cache.Ways == 1)
        {
            problems.Add(new ConfigException(
                key, "a direct-mapped cache has no second place to prefetch into"));
        }
    }
}
