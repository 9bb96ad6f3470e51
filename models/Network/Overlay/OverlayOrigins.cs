using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>For each frame that was sent, the hosts that one of its copies has come to; as long as
/// one is in the network. Numbers from 1; 0 is none.</summary>
internal sealed class OverlayOrigins(int hostCount)
{
    private readonly int _words = (hostCount + 63) / 64;
    private readonly Stack<int> _free = [];
    private ulong[] _bits = [];
    private int[] _copies = [0];
    private int _used = 1;

    public int Add()
    {
        if (!_free.TryPop(out int origin))
        {
            origin = _used++;
            if (origin >= _copies.Length)
            {
                Array.Resize(ref _copies, checked(_copies.Length * 2));
                Array.Resize(ref _bits, checked(_copies.Length * _words));
            }
        }

        _copies[origin] = 1;
        Bits(origin).Clear();
        return origin;
    }

    public void AddCopy(int origin) => _copies[origin]++;

    public void RemoveCopy(int origin)
    {
        Invariant.Require(_copies[origin] > 0);
        if (--_copies[origin] == 0)
        {
            _free.Push(origin);
        }
    }

    /// <summary>A copy comes to a host.</summary>
    /// <returns>Whether it is the first.</returns>
    public bool Visit(int origin, int host)
    {
        ref ulong word = ref Bits(origin)[host / 64];
        ulong bit = 1UL << (host % 64);
        bool isFirst = (word & bit) == 0;
        word |= bit;
        return isFirst;
    }

    private Span<ulong> Bits(int origin) => _bits.AsSpan(origin * _words, _words);
}
