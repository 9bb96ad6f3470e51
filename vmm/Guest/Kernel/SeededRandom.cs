namespace Dilaton.Guest;

/// <summary>Random bytes that depend on the seed only: SplitMix64 (Steele, Lea, Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014).</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    public void Fill(Span<byte> destination)
    {
        ulong word = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            word = i % 8 == 0 ? Next() : word >> 8;
            destination[i] = (byte)word;
        }
    }
}
