using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's branch predictor, and what it got wrong in the slice so far.</summary>
internal sealed class BranchUnit(BranchOptions options)
{
    private readonly BranchPredictor _predictor = BranchPredictor.Create(options.Predictor, options.Entries);
    private BranchMiss[] _misses = new BranchMiss[256];
    private int _count;

    public uint PenaltyCycles { get; } = (uint)options.PenaltyCycles;

    /// <summary>In program order.</summary>
    public Span<BranchMiss> Misses => _misses.AsSpan(0, _count);

    /// <summary>Predicts a block's branches. HOT: per branch.</summary>
    /// <param name="profile">Is told of each that is predicted wrong; null: nobody asks.</param>
    public void Take(in MemoryEventBlock block, NodeProfile? profile)
    {
        ReadOnlySpan<BranchEvent> branches = block.Branches;
        for (int i = 0; i < branches.Length; i++)
        {
            ref readonly BranchEvent branch = ref branches[i];
            if (_predictor.Predict(branch.Address, branch.IsTaken) == branch.IsTaken)
            {
                continue;
            }

            if (_count == _misses.Length)
            {
                Array.Resize(ref _misses, _count * 2);
            }

            _misses[_count++] = new BranchMiss
            {
                OffsetUnits = branch.OffsetUnits,
                Distance = branch.Distance,
                Producer = IssueMiss.None,
                Origin = profile?.Mispredicted(branch.Place) ?? 0,
            };
        }
    }

    public void Clear() => _count = 0;
}
