namespace Dilaton.Models.Memory;

/// <summary>When ranks are refreshed: every REFI, on time, the ranks of a channel one after the
/// other. What is promised knows this beforehand, so a refresh never moves anything.
/// <code>
///            deadline     start            start + RFC
///  rank open ───┤ all rows close ├── refresh ──┤ rank open again
/// </code></summary>
internal sealed class RefreshCalendar(DramTimings timings, int ranks)
{
    private readonly long _interval = timings.Refi;

    /// <summary>Start of the first refresh of a rank; one of a later rank is later within the
    /// interval.</summary>
    private long FirstStart(int rank) => _interval + (rank * (_interval / ranks));

    /// <summary>Start of the first refresh whose deadline lies behind an instant.</summary>
    public long StartAfter(int rank, long at)
    {
        long first = FirstStart(rank);
        long past = at + timings.Rp - first;
        return past < 0 ? first : first + (((past / _interval) + 1) * _interval);
    }

    /// <summary>All rows that are open at an instant are closed at this one, at the latest.</summary>
    public long DeadlineAfter(int rank, long at) => StartAfter(rank, at) - timings.Rp;

    /// <summary>The first instant from this one on at which rows may be opened.</summary>
    public long Open(int rank, long at)
    {
        // The refresh before the next one, if there was one.
        long end = StartAfter(rank, at) - _interval + timings.Rfc;
        return end > at && end > FirstStart(rank) ? end : at;
    }

    /// <summary>Whether a refresh or the closing before it has the command wires.</summary>
    public bool IsTaken(long at)
    {
        for (int rank = 0; rank < ranks; rank++)
        {
            long since = at - FirstStart(rank);
            if ((since >= 0 && since % _interval == 0)
                || (since + timings.Rp >= 0 && (since + timings.Rp) % _interval == 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refreshes of a rank that start before an instant.</summary>
    public long CountBefore(int rank, long at)
    {
        long past = at - FirstStart(rank);
        return past <= 0 ? 0 : ((past - 1) / _interval) + 1;
    }

    public long StartOf(int rank, long number) => FirstStart(rank) + (number * _interval);
}
