using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Prediction of branches, docs/time.md section 5.</summary>
public sealed record BranchOptions
{
    public const int PenaltyCyclesMax = 1_000;

    public required BranchPredictorKind Predictor { get; init; }

    /// <summary>Counters of its first table; a power of two.</summary>
    public required int Entries { get; init; }

    /// <summary>Core cycles from when a mispredicted branch is resolved until the right way's first instruction
    /// dispatches.</summary>
    public required int PenaltyCycles { get; init; }

    /// <summary>Entries of the stack that predicts returns; 0: they are never wrong.</summary>
    public int ReturnStackEntries { get; init; }

    /// <summary>Null: indirect jumps and calls are never wrong.</summary>
    public IndirectOptions? Indirect { get; init; }

    public bool NeedsTargets => ReturnStackEntries > 0 || Indirect is not null;

    public bool IsValid => BranchPredictor.IsEntries(Entries) && PenaltyCycles is >= 1 and <= PenaltyCyclesMax
        && ReturnStackEntries is >= 0 and <= ReturnStack.EntriesMax && Indirect is null or { IsValid: true };
}
