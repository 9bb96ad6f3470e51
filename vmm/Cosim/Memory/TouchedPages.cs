using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Which guest-physical pages have been touched, so that each first touch is charged as a
/// minor fault at the access that made it.</summary>
internal sealed class TouchedPages
{
    private const ulong PagesMax = 1UL << 28;

    private ulong[] _bits = new ulong[1024];

    /// <summary>HOT: per record, or per page looked up.</summary>
    public bool IsFirstTouch(ulong address)
    {
        ulong page = address >> GuestPage.Shift;
        ulong word = page >> 6;
        if (word < (ulong)_bits.Length && ((_bits[word] >> (int)page) & 1) != 0)
        {
            return false;
        }

        Mark(page);
        return true;
    }

    private void Mark(ulong page)
    {
        Invariant.Require(page < PagesMax);
        int word = (int)(page >> 6);
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
        }

        _bits[word] |= 1UL << (int)page;
    }
}
