using System.Numerics;

namespace Dilaton.Machine;

/// <summary>A bit for each vector, as a local APIC shows its IRR, ISR and TMR: in eight words.</summary>
internal sealed class VectorSet
{
    private const int WordBits = 32;

    private readonly uint[] _words = new uint[8];

    /// <returns>-1: none is set.</returns>
    public int Highest
    {
        get
        {
            for (int i = _words.Length - 1; i >= 0; i--)
            {
                if (_words[i] != 0)
                {
                    return (i * WordBits) + BitOperations.Log2(_words[i]);
                }
            }

            return -1;
        }
    }

    public bool Has(int vector) => (_words[vector / WordBits] >> (vector % WordBits) & 1) != 0;

    public void Add(int vector) => _words[vector / WordBits] |= 1u << (vector % WordBits);

    public void Remove(int vector) => _words[vector / WordBits] &= ~(1u << (vector % WordBits));

    public uint Word(int index) => _words[index];

    public void Clear() => Array.Clear(_words);
}
