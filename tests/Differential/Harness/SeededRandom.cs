namespace Dilaton.Tests.Differential;

/// <summary>SplitMix64: the same numbers on every machine and runtime.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Below(int bound) => (int)((UInt128)Next() * (ulong)bound >> 64);

    public bool OneIn(int n) => Below(n) == 0;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i += 8)
        {
            ulong value = Next();
            Span<byte> rest = bytes[i..];
            for (int j = 0; j < 8 && j < rest.Length; j++)
            {
                rest[j] = (byte)(value >> (8 * j));
            }
        }
    }
}
