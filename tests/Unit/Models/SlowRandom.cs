using System.Numerics;

namespace Dilaton.Tests.Unit.Models;

/// <summary>xorshift64* by its definition, in big integers.</summary>
internal sealed class SlowRandom(ulong seed)
{
    private static readonly BigInteger s_word = BigInteger.One << 64;

    private BigInteger _x = 0x9E37_79B9_7F4A_7C15UL ^ seed;

    public int Below(int count)
    {
        _x ^= _x >> 12;
        _x ^= (_x << 25) % s_word;
        _x ^= _x >> 27;
        BigInteger high = (_x * 2685821657736338717UL % s_word) >> 32;
        return (int)(high * count >> 32);
    }
}
