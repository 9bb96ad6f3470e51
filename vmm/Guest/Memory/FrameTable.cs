using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Which physical frame a page of a process has. Frames are given at first touch.</summary>
internal sealed class FrameTable(FrameAllocator frames, AddressWindow window)
{
    private const int LeafShift = 12;
    private const int LeafPages = 1 << LeafShift;
    private const ulong PagesMax = GuestLayout.WindowSizeBytes >> GuestPage.Shift;

    // Entries are frame + 1; 0 is none.
    private readonly uint[]?[] _roots = new uint[]?[PagesMax >> LeafShift];
    private readonly ulong _first = window.Start >> GuestPage.Shift;

    public bool TryFind(ulong page, out ulong frame)
    {
        page -= _first;
        uint entry = page < PagesMax && _roots[page >> LeafShift] is { } leaf
            ? leaf[page & (LeafPages - 1)]
            : 0;
        frame = entry - 1UL;
        return entry != 0;
    }

    /// <summary>Gives the page a frame of its own.</summary>
    public ulong Touch(ulong page)
    {
        uint frame = frames.Take(page);
        Set(page, frame);
        return frame;
    }

    public void Set(ulong page, uint frame)
    {
        page -= _first;
        uint[] leaf = _roots[page >> LeafShift] ??= new uint[LeafPages];
        Invariant.Require(leaf[page & (LeafPages - 1)] == 0);
        leaf[page & (LeafPages - 1)] = frame + 1;
        frames.CountTouch();
    }

    /// <summary>Forgets the pages of a range.</summary>
    /// <param name="isOwner">True if their frames are free from now on.</param>
    public void Release(ulong firstPage, ulong endPage, bool isOwner)
    {
        endPage -= _first;
        ulong page = firstPage - _first;
        while (page < endPage)
        {
            ulong next = Math.Min(endPage, (page | (LeafPages - 1)) + 1);
            if (_roots[page >> LeafShift] is { } leaf)
            {
                ReleaseLeaf(leaf, page, next, isOwner);
            }

            page = next;
        }
    }

    /// <summary>Gives the frames of a range to another one that has none.</summary>
    public void Move(ulong firstPage, ulong endPage, ulong toPage)
    {
        firstPage -= _first;
        endPage -= _first;
        toPage -= _first;
        for (ulong page = firstPage; page < endPage; page++)
        {
            if (_roots[page >> LeafShift] is not { } leaf)
            {
                page |= LeafPages - 1;
                continue;
            }

            ref uint entry = ref leaf[page & (LeafPages - 1)];
            if (entry != 0)
            {
                ulong target = page - firstPage + toPage;
                uint[] targetLeaf = _roots[target >> LeafShift] ??= new uint[LeafPages];
                Invariant.Require(targetLeaf[target & (LeafPages - 1)] == 0);
                targetLeaf[target & (LeafPages - 1)] = entry;
                entry = 0;
            }
        }
    }

    private void ReleaseLeaf(uint[] leaf, ulong page, ulong end, bool isOwner)
    {
        for (; page < end; page++)
        {
            ref uint entry = ref leaf[page & (LeafPages - 1)];
            if (entry != 0 && isOwner)
            {
                frames.Free(entry - 1);
            }

            entry = 0;
        }
    }
}
