using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Predicts one vCPU's conditional branches, and learns from each as it retires: what depends on
/// several branches in flight does not show.</summary>
public abstract class BranchPredictor
{
    public const int EntriesMin = 64;
    public const int EntriesMax = 1 << 20;

    /// <param name="entries">Counters of the first table; a power of two.</param>
    public static BranchPredictor Create(BranchPredictorKind kind, int entries)
    {
        Invariant.Require(IsEntries(entries));
        return kind switch
        {
            BranchPredictorKind.Bimodal => new BimodalPredictor(entries),
            BranchPredictorKind.Gshare => new GsharePredictor(entries),
            BranchPredictorKind.Tage => new TagePredictor(entries),
            _ => throw new InvariantException($"no branch predictor {kind}"),
        };
    }

    public static bool IsEntries(long entries) =>
        entries is >= EntriesMin and <= EntriesMax && (entries & (entries - 1)) == 0;

    /// <summary>Predicts, then learns which way it went. HOT: per conditional branch.</summary>
    /// <returns>What was predicted.</returns>
    public abstract bool Predict(ulong address, bool isTaken);
}
