using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>The pages that a prefetcher follows: the <see cref="Entries"/> used last.</summary>
internal sealed class PageTable
{
    public const int Entries = 16;

    private readonly PageEntry[] _entries = new PageEntry[Entries];
    private ulong _stamp;

    /// <summary>The page's entry; a new one knows no step and has the line as its last.</summary>
    /// <param name="isNew">It was not followed.</param>
    public ref PageEntry Find(ulong line, out bool isNew)
    {
        ulong page = GuestPage.Floor(line);
        _stamp++;
        int oldest = 0;
        for (int i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Stamp != 0 && _entries[i].Page == page)
            {
                isNew = false;
                _entries[i].Stamp = _stamp;
                return ref _entries[i];
            }

            oldest = _entries[i].Stamp < _entries[oldest].Stamp ? i : oldest;
        }

        isNew = true;
        _entries[oldest] = new PageEntry { Page = page, Last = line, Ahead = line, Stamp = _stamp };
        return ref _entries[oldest];
    }
}
