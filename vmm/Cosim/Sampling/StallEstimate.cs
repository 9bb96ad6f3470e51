using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a vCPU is charged for instructions whose stall nobody has timed: what is known of it, and, by
/// the windows so far, what all of them stall for beyond that, X F / Y. So a window that finds more makes up for
/// what was charged too little before it, and where a phase of the program lies is where its windows lie. A
/// charge is never taken back: after a window that found less, none is added before X F / Y has come to it again.
/// <code>
///   charged  ▲              ┌───        X unknown stall of windows, Y their weight
///            │          ┌───            F weight without a window so far
///            │  ────────                charged = max over time of floor(X F / Y)
///            └────w─────w─────w──▶ F        (less what is known)
/// </code></summary>
public sealed class StallEstimate
{
    /// <summary>Of this vCPU's windows.</summary>
    public StallSums Windows { get; } = new();

    /// <summary>Of what is estimated.</summary>
    public ulong Weight { get; private set; }

    /// <summary>Part of its stall that needs no estimate.</summary>
    public ulong KnownUnits { get; private set; }

    /// <summary>Charged so far, in cost units.</summary>
    public ulong ChargedUnits { get; private set; }

    /// <summary>HOT: per slice without detail.</summary>
    /// <param name="knownUnits">More stall without doubt.</param>
    /// <param name="weight">More that stalls beyond it.</param>
    /// <param name="others">Where no window has seen this vCPU yet: what else there is to go by.</param>
    /// <returns>Units to charge now.</returns>
    public ulong Pass(ulong knownUnits, ulong weight, StallSums others)
    {
        ArgumentNullException.ThrowIfNull(others);
        KnownUnits = checked(KnownUnits + knownUnits);
        Weight = checked(Weight + weight);
        ulong due = checked(KnownUnits + SumsOr(others).UnitsFor(Weight));
        ulong grown = due > ChargedUnits ? due - ChargedUnits : 0;
        ChargedUnits = checked(ChargedUnits + grown);
        return grown;
    }

    /// <summary>How many of <paramref name="units"/> of virtual time from now the instructions alone may
    /// take, so that with what is charged for them they take no more.</summary>
    /// <param name="unitsPerWeight">Units of instructions that weigh one, at least; 0 if none of them weighs
    /// anything.</param>
    public ulong ProgramUnitsWithin(ulong units, ulong unitsPerWeight, StallSums others)
    {
        ArgumentNullException.ThrowIfNull(others);
        StallSums sums = SumsOr(others);
        if (sums.Weight == 0)
        {
            return units;
        }

        UInt128 executed = (UInt128)sums.Weight * unitsPerWeight;
        UInt128 perUnit = executed == 0 ? 0 : (sums.StallUnits + executed - 1) / executed;
        ulong owed = checked(KnownUnits + sums.UnitsFor(Weight));
        owed = owed > ChargedUnits ? owed - ChargedUnits : 0;

        // One more for the charge's own rounding.
        return (ulong)((units - Math.Min(units, owed + 1)) / (1 + perUnit));
    }

    private StallSums SumsOr(StallSums others) => Windows.Weight == 0 ? others : Windows;
}
