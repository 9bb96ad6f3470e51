using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>What is known of a vCPU's side-effect-free loop, which is skipped by whole iterations.
/// What is skipped is exactly what would have run.</summary>
public struct SpinFastForward
{
    /// <summary>Longest iteration that is looked for.</summary>
    public const int InstructionsMax = 64;

    /// <summary>Shorter skips cost more host time to find than to run.</summary>
    public const ulong WorthwhileCycles = 20_000;

    private SpinIteration _iteration;
    private ulong _epoch;
    private bool _isKnown;

    /// <summary>The last round of <see cref="SpinLookout"/> it took part in.</summary>
    public ulong Round { get; set; }

    public readonly SpinIteration Iteration => _iteration;

    /// <summary>Whole iterations that fit strictly within the distance, so that a slice of the
    /// rest ends where the unskipped run would have.</summary>
    public static ulong IterationsWithin(ulong units, ulong iterationUnits) =>
        units == 0 || iterationUnits == 0 ? 0 : (units - 1) / iterationUnits;

    /// <summary>Whether the vCPU is known to spin as long as no one wrote memory since.</summary>
    /// <param name="epoch">Changes whenever anyone may have written guest memory.</param>
    public readonly bool IsKnown(ulong epoch) => _isKnown && _epoch == epoch;

    public void Found(in SpinIteration iteration, ulong epoch)
    {
        _iteration = iteration;
        _epoch = epoch;
        _isKnown = true;
    }

    public void NotFound() => _isKnown = false;
}
