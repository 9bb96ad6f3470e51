using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's branch predictors, and what they got wrong in the slice so far.</summary>
internal sealed class BranchUnit(BranchOptions options)
{
    private readonly BranchPredictor _predictor = BranchPredictor.Create(options.Predictor, options.Entries);
    private readonly ReturnStack? _returns =
        options.ReturnStackEntries > 0 ? new ReturnStack(options.ReturnStackEntries) : null;
    private readonly IndirectPredictor? _targets =
        options.Indirect is { } indirect ? new IndirectPredictor(indirect) : null;
    private BranchMiss[] _misses = new BranchMiss[256];
    private int _count;

    public uint PenaltyCycles { get; } = (uint)options.PenaltyCycles;

    public bool PredictsReturns => _returns is not null;

    public bool PredictsTargets => _targets is not null;

    /// <summary>In program order.</summary>
    public Span<BranchMiss> Misses => _misses.AsSpan(0, _count);

    /// <summary>Predicts a block's branches. HOT: per branch.</summary>
    /// <param name="counts">What is counted of them.</param>
    /// <param name="profile">Is told of each that is predicted wrong; null: nobody asks.</param>
    public void Take(in MemoryEventBlock block, ref BranchCounts counts, NodeProfile? profile)
    {
        ReadOnlySpan<BranchEvent> branches = block.Branches;
        for (int i = 0; i < branches.Length; i++)
        {
            ref readonly BranchEvent branch = ref branches[i];
            if (IsRight(branch, ref counts))
            {
                continue;
            }

            if (_count == _misses.Length)
            {
                Array.Resize(ref _misses, _count * 2);
            }

            counts.Mispredictions++;
            _misses[_count++] = new BranchMiss
            {
                OffsetUnits = branch.OffsetUnits,
                Distance = branch.Distance,
                LoadsTarget = branch.LoadsTarget,
                Producer = IssueMiss.None,
                Origin = profile?.Mispredicted(branch.Place) ?? 0,
            };
        }
    }

    public void Clear() => _count = 0;

    private bool IsRight(in BranchEvent branch, ref BranchCounts counts)
    {
        switch (branch.Kind)
        {
            case BranchKind.Conditional:
                counts.Branches++;
                return _predictor.Predict(branch.Address, branch.IsTaken) == branch.IsTaken;
            case BranchKind.Return:
                return _returns is null || Counted(
                    _returns.Predict(branch.Target), ref counts, ref counts.Returns, ref counts.ReturnMispredictions);
            case BranchKind.IndirectCall:
                _returns?.Push(branch.ReturnTo);
                goto case BranchKind.IndirectJump;
            case BranchKind.IndirectJump:
                return _targets is null || Counted(
                    _targets.Predict(branch.Address, branch.Target),
                    ref counts, ref counts.Indirect, ref counts.IndirectMispredictions);
            default:
                _returns?.Push(branch.ReturnTo);
                return true;
        }
    }

    private static bool Counted(bool isRight, ref BranchCounts counts, ref ulong all, ref ulong wrong)
    {
        counts.Branches++;
        all++;
        wrong += isRight ? 0UL : 1;
        return isRight;
    }
}
