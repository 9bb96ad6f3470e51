namespace Dilaton.Models.Memory;

/// <summary>Tagged prefetch: A. J. Smith, Cache Memories (ACM Computing Surveys 14, 1982), section
/// 2.1.</summary>
internal sealed class NextLinePrefetcher(PrefetcherOptions options, int lineSizeBytes)
    : Prefetcher(options, lineSizeBytes)
{
    public override int Want(ulong line, Span<ulong> targets)
    {
        int count = 0;
        while (count < Options.Degree
            && TryMove(line, Options.Distance + count, out ulong target))
        {
            targets[count++] = target;
        }

        return count;
    }
}
