using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Which physical frame a page has. Frames are given at first touch, in call order, so
/// that they depend on the guest only; a freed frame is the next one given.</summary>
internal sealed class FrameTable(MemoryAddressing addressing, AddressWindow window)
{
    private const int LeafShift = 12;
    private const int LeafPages = 1 << LeafShift;
    private const ulong PagesMax = GuestLayout.WindowSizeBytes >> GuestPage.Shift;

    // Entries are frame + 1; 0 is none.
    private readonly uint[]?[] _roots = new uint[]?[PagesMax >> LeafShift];
    private readonly Stack<uint> _free = new();
    private readonly ulong _first = window.Start >> GuestPage.Shift;
    private uint _next;

    /// <summary>Pages that got a frame so far: minor page faults of a real machine.</summary>
    public ulong FirstTouches { get; private set; }

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
        uint frame = Take(page);
        Set(page, frame);
        return frame;
    }

    /// <summary>A frame that no page owns, such as one of a shared file.</summary>
    public uint Take(ulong page) => addressing == MemoryAddressing.Identity
        ? checked((uint)(page - _first))
        : _free.TryPop(out uint frame) ? frame : checked(_next++);

    public void Set(ulong page, uint frame)
    {
        page -= _first;
        uint[] leaf = _roots[page >> LeafShift] ??= new uint[LeafPages];
        Invariant.Require(leaf[page & (LeafPages - 1)] == 0);
        leaf[page & (LeafPages - 1)] = frame + 1;
        FirstTouches++;
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
            if (entry != 0 && isOwner && addressing == MemoryAddressing.FirstTouch)
            {
                _free.Push(entry - 1);
            }

            entry = 0;
        }
    }
}
