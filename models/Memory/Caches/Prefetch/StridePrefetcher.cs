namespace Dilaton.Models.Memory;

/// <summary>A stride per page: the prediction of T.-F. Chen, J.-L. Baer, Effective Hardware-Based Data
/// Prefetching for High-Performance Processors (IEEE ToC 44, 1995), kept for each page instead of
/// each instruction, since records name no instruction (as S. Palacharla, R. Kessler, Evaluating
/// Stream Buffers as a Secondary Cache Replacement, ISCA 1994, do by zones of memory).
/// 1. A step equal to the last one adds to the confidence, up to 3.
/// 2. Another step takes from it; at 0 it becomes the stride.
/// 3. From confidence 2 on, the lines that are distance, distance + 1, ... strides ahead are wanted.
/// </summary>
internal sealed class StridePrefetcher(PrefetcherOptions options, int lineSizeBytes)
    : Prefetcher(options, lineSizeBytes)
{
    private const int ConfidenceMax = 3;
    private const int ConfidenceLeast = 2;

    private readonly PageTable _pages = new();

    public override int Want(ulong line, Span<ulong> targets)
    {
        ref PageEntry entry = ref _pages.Find(line, out bool isNew);
        long step = ((long)line - (long)entry.Last) / LineSizeBytes;
        entry.Last = line;
        if (isNew || step == 0)
        {
            return 0;
        }

        if (step == entry.Step)
        {
            entry.Confidence = Math.Min(entry.Confidence + 1, ConfidenceMax);
        }
        else if (entry.Confidence > 0)
        {
            entry.Confidence--;
        }
        else
        {
            entry.Step = step;
            entry.Confidence = 1;
        }

        int count = 0;
        while (entry.Confidence >= ConfidenceLeast
            && count < Options.Degree
            && TryMove(line, entry.Step * (Options.Distance + count), out ulong target))
        {
            targets[count++] = target;
        }

        return count;
    }
}
