namespace Dilaton.Time;

/// <summary>A two-bit counter per branch, found by its address (Smith, "A study of branch prediction
/// strategies", ISCA 1981).</summary>
internal sealed class BimodalPredictor(int entries) : BranchPredictor
{
    private readonly SaturatingCounters _counters = new(entries);

    public override bool Predict(ulong address, bool isTaken)
    {
        int index = (int)(address & (ulong)_counters.Mask);
        bool predicted = _counters.IsTaken(index);
        _counters.Learn(index, isTaken);
        return predicted;
    }
}
