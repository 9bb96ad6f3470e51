using System.Numerics;

namespace Dilaton.Models.Memory;

/// <summary>Tree pseudo-LRU, as in H. Al-Zoubi, A. Milenkovic, M. Milenkovic, Performance Evaluation
/// of Cache Replacement Policies for the SPEC CPU2000 Benchmark Suite (ACM Southeast 2004), "PLRUt".
/// <code>
///            node 1            a bit of 0 points to the left half, 1 to the right one;
///          /       \           a use makes the bits on its path point to the other half,
///      node 2     node 3       the victim is where the bits lead
///      /   \      /    \
///    w0    w1   w2     w3
/// </code></summary>
internal sealed class TreePlruPolicy : WayPolicy
{
    private readonly ulong[] _bits;
    private readonly int _levels;

    /// <param name="ways">A power of two up to 64.</param>
    public TreePlruPolicy(int sets, int ways)
    {
        _bits = new ulong[sets];
        _levels = BitOperations.Log2((uint)ways);
    }

    public override void Use(int set, int way)
    {
        ulong bits = _bits[set];
        int node = 1;
        for (int level = _levels - 1; level >= 0; level--)
        {
            int right = (way >> level) & 1;
            bits = right != 0 ? bits & ~(1UL << node) : bits | (1UL << node);
            node = (node * 2) + right;
        }

        _bits[set] = bits;
    }

    public override void Fill(int set, int way) => Use(set, way);

    public override void FillSecond(int set, int way, int recent)
    {
        Use(set, way);
        if (recent >= 0)
        {
            Use(set, recent);
        }
    }

    /// <summary>The most recently used line is never it: every bit on its path points away.
    /// </summary>
    public override int Victim(int set, int spared)
    {
        ulong bits = _bits[set];
        int node = 1;
        for (int level = 0; level < _levels; level++)
        {
            node = (node * 2) + (int)((bits >> node) & 1);
        }

        return node - (1 << _levels);
    }

    internal override string Describe() => string.Join(',', _bits);
}
