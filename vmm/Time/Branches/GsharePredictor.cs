namespace Dilaton.Time;

/// <summary>Two-bit counters, found by the branch's address exclusive-or the outcomes of the last branches, one
/// for each bit of the index (McFarling, "Combining branch predictors", WRL TN-36, 1993).</summary>
internal sealed class GsharePredictor(int entries) : BranchPredictor
{
    private readonly SaturatingCounters _counters = new(entries);
    private ulong _history;

    public override bool Predict(ulong address, bool isTaken)
    {
        int index = (int)((address ^ _history) & (ulong)_counters.Mask);
        bool predicted = _counters.IsTaken(index);
        _counters.Learn(index, isTaken);
        _history = (_history << 1) | (isTaken ? 1UL : 0);
        return predicted;
    }
}
