using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a vCPU is charged for instructions whose stall nobody has found: by the windows so far,
/// what all of them stall for together, X F / Y. So a window that finds more makes up for what was charged
/// too little before it, and where a phase of the program lies is where its windows lie. A charge is never
/// taken back: after a window that found less, none is added before X F / Y has come to it again.
/// <code>
///   charged  ▲              ┌───        X stall of windows, Y their instructions
///            │          ┌───            F instructions without a window so far
///            │  ────────                charged = max over time of floor(X F / Y)
///            └────w─────w─────w──▶ F
/// </code></summary>
public sealed class StallEstimate
{
    /// <summary>Of this vCPU's windows.</summary>
    public StallSums Windows { get; } = new();

    /// <summary>Instructions whose stall is estimated.</summary>
    public ulong Instructions { get; private set; }

    /// <summary>Charged so far, in cost units.</summary>
    public ulong ChargedUnits { get; private set; }

    /// <summary>HOT: per slice without detail.</summary>
    /// <param name="instructions">More of them.</param>
    /// <param name="others">Where no window has seen this vCPU yet: what windows saw of all.</param>
    /// <returns>Units to charge now.</returns>
    public ulong Pass(ulong instructions, StallSums others)
    {
        ArgumentNullException.ThrowIfNull(others);
        Instructions = checked(Instructions + instructions);
        ulong due = (Windows.Instructions == 0 ? others : Windows).UnitsFor(Instructions);
        ulong grown = due > ChargedUnits ? due - ChargedUnits : 0;
        ChargedUnits = checked(ChargedUnits + grown);
        return grown;
    }

    /// <summary>How many of <paramref name="units"/> of virtual time from now the instructions alone may
    /// take, so that with what is charged for them they take no more.</summary>
    /// <param name="unitsPerInstruction">At least what each takes.</param>
    public ulong ProgramUnitsWithin(ulong units, ulong unitsPerInstruction, StallSums others)
    {
        ArgumentNullException.ThrowIfNull(others);
        StallSums sums = Windows.Instructions == 0 ? others : Windows;
        if (sums.Instructions == 0)
        {
            return units;
        }

        UInt128 executed = (UInt128)sums.Instructions * unitsPerInstruction;
        UInt128 perUnit = (sums.StallUnits + executed - 1) / executed;
        ulong owed = sums.UnitsFor(Instructions);
        owed = owed > ChargedUnits ? owed - ChargedUnits : 0;

        // One more for the charge's own rounding.
        return (ulong)((units - Math.Min(units, owed + 1)) / (1 + perUnit));
    }
}
