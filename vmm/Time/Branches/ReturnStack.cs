using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Where the calls under way return to; of more than there is room for, the oldest are forgotten (Kaeli,
/// Emma, "Branch history table prediction of moving target branches due to subroutine returns", ISCA 1991).</summary>
public sealed class ReturnStack
{
    public const int EntriesMax = 1024;

    private readonly ulong[] _addresses;
    private int _top;
    private int _count;

    public ReturnStack(int entries)
    {
        Invariant.Require(entries is >= 1 and <= EntriesMax);
        _addresses = new ulong[entries];
    }

    /// <summary>A call. HOT: per call.</summary>
    public void Push(ulong address)
    {
        _top = _top + 1 < _addresses.Length ? _top + 1 : 0;
        _addresses[_top] = address;
        _count = Math.Min(_count + 1, _addresses.Length);
    }

    /// <summary>A return. HOT: per return.</summary>
    /// <returns>It goes where the last call said; false if that is forgotten.</returns>
    public bool Predict(ulong target)
    {
        if (_count == 0)
        {
            return false;
        }

        ulong address = _addresses[_top];
        _top = _top > 0 ? _top - 1 : _addresses.Length - 1;
        _count--;
        return address == target;
    }
}
