using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Guesses which lines a vCPU will want at one level. It is told of what misses there, and
/// of the first use of each line that it brought: nothing that a filter in front leaves out. It
/// knows physical addresses and stays within the page, since the next one lies anywhere.</summary>
internal abstract class Prefetcher
{
    protected Prefetcher(PrefetcherOptions options, int lineSizeBytes)
    {
        Options = options;
        LineSizeBytes = lineSizeBytes;
    }

    protected PrefetcherOptions Options { get; }

    protected int LineSizeBytes { get; }

    public static Prefetcher? Create(CacheOptions? cache) => cache?.Prefetcher is not { } options
        ? null
        : options.Kind switch
        {
            PrefetcherKind.NextLine => new NextLinePrefetcher(options, cache.LineSizeBytes),
            PrefetcherKind.Stride => new StridePrefetcher(options, cache.LineSizeBytes),
            _ => new StreamPrefetcher(options, cache.LineSizeBytes),
        };

    /// <summary>The vCPU wants a line. HOT: per miss and first use.</summary>
    /// <param name="targets">Of <see cref="PrefetcherOptions.DegreeMax"/>.</param>
    /// <returns>How many lines are to be brought, nearest first.</returns>
    public abstract int Want(ulong line, Span<ulong> targets);

    /// <summary>Line <paramref name="lines"/> further on.</summary>
    /// <returns>False if that is in another page.</returns>
    protected bool TryMove(ulong line, long lines, out ulong moved)
    {
        moved = unchecked(line + (ulong)(lines * LineSizeBytes));
        return GuestPage.Floor(moved) == GuestPage.Floor(line);
    }
}
