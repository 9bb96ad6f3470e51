using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Skips side-effect-free loops by whole iterations, and decides when a look for one is
/// worth its host time. What is skipped is exactly what would have run, so the policy changes no
/// result but the `spin` count.</summary>
public struct SpinFastForward
{
    /// <summary>Longest iteration that is looked for.</summary>
    public const int InstructionsMax = 64;

    /// <summary>Shorter skips cost more host time to find than to run.</summary>
    public const ulong WorthwhileCycles = 20_000;

    private const int BackoffMax = 4_096;

    private int _backoff;
    private int _wait;
    private SpinIteration _iteration;
    private ulong _epoch;
    private bool _known;

    /// <summary>Whether the vCPU is known to spin as long as no one wrote memory since.</summary>
    /// <param name="epoch">Changes whenever anyone may have written guest memory.</param>
    public readonly bool IsKnown(ulong epoch) => _known && _epoch == epoch;

    public readonly SpinIteration Iteration => _iteration;

    /// <summary>Whole iterations that fit strictly within the distance, so that a slice of the
    /// rest ends where the unskipped run would have.</summary>
    public static ulong IterationsWithin(ulong units, ulong iterationUnits) =>
        units == 0 || iterationUnits == 0 ? 0 : (units - 1) / iterationUnits;

    /// <summary>Whether to look now; a strong hint (equal registers at two pauses) counts as many
    /// slices.</summary>
    public bool ShouldLook(bool strongHint)
    {
        _wait += strongHint ? 64 : 1;
        return _wait > _backoff;
    }

    public void Found(in SpinIteration iteration, ulong epoch)
    {
        _iteration = iteration;
        _epoch = epoch;
        _known = true;
        _wait = 0;
        _backoff = 0;
    }

    public void NotFound()
    {
        _known = false;
        _wait = 0;
        _backoff = Math.Min(Math.Max(1, _backoff * 2), BackoffMax);
    }
}
