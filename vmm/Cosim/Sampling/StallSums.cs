using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Stall that was found, in cost units, and the weight of what it was found at: instructions, or what
/// is known of their misses. Their quotient is a ratio of whole numbers, so nothing is rounded but the result.
/// </summary>
public sealed class StallSums
{
    public ulong StallUnits { get; private set; }

    public ulong Weight { get; private set; }

    public void Add(ulong stallUnits, ulong weight)
    {
        StallUnits = checked(StallUnits + stallUnits);
        Weight = checked(Weight + weight);
    }

    /// <summary>What so much weight stalls for by these sums, rounded down; 0 without any.</summary>
    public ulong UnitsFor(ulong weight) => Weight == 0
        ? 0
        : checked((ulong)((UInt128)StallUnits * weight / Weight));
}
