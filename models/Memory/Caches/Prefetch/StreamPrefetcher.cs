namespace Dilaton.Models.Memory;

/// <summary>A stream per page: S. Srinath, O. Mutlu, H. Kim, Y. Patt, Feedback Directed Prefetching
/// (HPCA 2007), section 2.1, with a page as the region that a stream may be in.
/// 1. Accesses at most 16 lines from the last one, twice in the same direction, make a stream.
/// 2. Each further one in that direction asks for the next lines that were not asked for yet: degree
///    of them, but none more than distance lines ahead of the access.
/// 3. One in the other direction begins again.
/// </summary>
internal sealed class StreamPrefetcher(PrefetcherOptions options, int lineSizeBytes)
    : Prefetcher(options, lineSizeBytes)
{
    private const long NearLines = 16;

    private readonly PageTable _pages = new();

    public override int Want(ulong line, Span<ulong> targets)
    {
        ref PageEntry entry = ref _pages.Find(line, out bool isNew);
        long step = ((long)line - (long)entry.Last) / LineSizeBytes;
        if (isNew || step == 0 || Math.Abs(step) > NearLines)
        {
            return 0;
        }

        entry.Last = line;
        long direction = Math.Sign(step);
        if (direction != entry.Step)
        {
            (entry.Step, entry.Ahead) = (direction, line);
            return 0;
        }

        if (((long)line - (long)entry.Ahead) * direction > 0)
        {
            entry.Ahead = line;
        }

        int count = 0;
        while (count < Options.Degree
            && TryMove(entry.Ahead, direction, out ulong target)
            && Math.Abs((long)target - (long)line) <= (long)Options.Distance * LineSizeBytes)
        {
            targets[count++] = target;
            entry.Ahead = target;
        }

        return count;
    }
}
