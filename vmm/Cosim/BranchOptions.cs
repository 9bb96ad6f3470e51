using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Prediction of conditional branches, docs/time.md section 5.</summary>
public sealed record BranchOptions
{
    public const int PenaltyCyclesMax = 1_000;

    public required BranchPredictorKind Predictor { get; init; }

    /// <summary>Counters of its first table; a power of two.</summary>
    public required int Entries { get; init; }

    /// <summary>Core cycles from when a mispredicted branch is resolved until the right way's first instruction
    /// dispatches.</summary>
    public required int PenaltyCycles { get; init; }
}
