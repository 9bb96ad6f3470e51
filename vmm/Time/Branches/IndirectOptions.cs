using System.Numerics;

namespace Dilaton.Time;

/// <summary>Size of an <see cref="IndirectPredictor"/>.</summary>
/// <param name="Sets">A power of two.</param>
/// <param name="PathLength">Targets of earlier indirect branches that choose the entry.</param>
public sealed record IndirectOptions(int Sets, int Ways, int PathLength)
{
    public bool IsValid => Sets is >= 1 and <= IndirectPredictor.SetsMax && BitOperations.IsPow2(Sets)
        && Ways is >= 1 and <= IndirectPredictor.WaysMax && PathLength is >= 0 and <= IndirectPredictor.PathMax;
}
