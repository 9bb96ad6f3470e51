using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Pages that hold translated code: a bit each, for the addresses where code may lie.
/// </summary>
internal sealed class WatchedPages(AddressWindow window)
{
    private readonly ulong[] _bits = new ulong[(GuestLayout.EngineStart >> GuestPage.Shift) / 64];

    public int Count { get; private set; }

    public bool Contains(ulong address)
    {
        ulong page = (address - window.Start) >> GuestPage.Shift;
        return page < GuestLayout.EngineStart >> GuestPage.Shift
            && (_bits[page / 64] & (1UL << (int)(page % 64))) != 0;
    }

    public void Add(ulong address)
    {
        Invariant.Require(window.MayHoldCode(address));
        if (!Contains(address))
        {
            ulong page = (address - window.Start) >> GuestPage.Shift;
            _bits[page / 64] |= 1UL << (int)(page % 64);
            Count++;
        }
    }

    public void Remove(ulong address)
    {
        if (Contains(address))
        {
            ulong page = (address - window.Start) >> GuestPage.Shift;
            _bits[page / 64] &= ~(1UL << (int)(page % 64));
            Count--;
        }
    }

    /// <summary>The lowest watched page in the range.</summary>
    public bool TryFirst(ulong start, ulong end, out ulong pageAddress)
    {
        end = Math.Min(end, window.EngineStart);
        pageAddress = 0;
        if (Count == 0 || start < window.Start)
        {
            return false;
        }

        for (ulong page = GuestPage.Floor(start); page < end; page += GuestPage.SizeBytes)
        {
            ulong word = _bits[((page - window.Start) >> GuestPage.Shift) / 64];
            if (word == 0)
            {
                page |= (64 * GuestPage.SizeBytes) - GuestPage.SizeBytes;
            }
            else if (Contains(page))
            {
                pageAddress = page;
                return true;
            }
        }

        return false;
    }
}
