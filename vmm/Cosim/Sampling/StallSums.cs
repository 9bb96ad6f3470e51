using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Stall that windows found, in cost units, and the instructions that it was found at. Their
/// quotient is what an instruction stalls for: a ratio of whole numbers, so nothing is rounded but the
/// result.</summary>
public sealed class StallSums
{
    public ulong StallUnits { get; private set; }

    public ulong Instructions { get; private set; }

    public void Add(ulong stallUnits, ulong instructions)
    {
        StallUnits = checked(StallUnits + stallUnits);
        Instructions = checked(Instructions + instructions);
    }

    /// <summary>What so many instructions stall for by these windows, rounded down; 0 without any.
    /// </summary>
    public ulong UnitsFor(ulong instructions) => Instructions == 0
        ? 0
        : checked((ulong)((UInt128)StallUnits * instructions / Instructions));
}
