using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Which guest-physical pages have been touched, so that each first touch is charged as a
/// minor fault at the access that made it.</summary>
internal sealed class TouchedPages
{
    private const ulong PagesMax = 1UL << 28;

    private ulong[] _bits = new ulong[1024];
    private ulong _last = ulong.MaxValue;

    /// <summary>HOT: per record.</summary>
    public bool IsFirstTouch(ulong address)
    {
        ulong page = address >> GuestPage.Shift;
        if (page == _last)
        {
            return false;
        }

        _last = page;
        return Mark(page);
    }

    private bool Mark(ulong page)
    {
        Invariant.Require(page < PagesMax);
        int word = (int)(page >> 6);
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
        }

        ulong bit = 1UL << (int)(page & 63);
        bool first = (_bits[word] & bit) == 0;
        _bits[word] |= bit;
        return first;
    }
}
