namespace Dilaton.Core;

/// <summary>When detail windows begin and how long they are. In each period of
/// <see cref="EveryNanoseconds"/> of a vCPU's run time one begins, at a time drawn by lot, so that no
/// rhythm of the guest's can fall in step with them.</summary>
public sealed record DetailPlan
{
    /// <summary>A window holds a vCPU for this many steps at most: some seconds of host time.</summary>
    public const int InstructionsMax = 100_000;

    public required long EveryNanoseconds { get; init; }

    /// <summary>Measured.</summary>
    public required int WindowInstructions { get; init; }

    /// <summary>Before them, seen by the caches and not measured.</summary>
    public required int WarmupInstructions { get; init; }

    public required ulong Seed { get; init; }

    public required int LineSizeBytes { get; init; }

    public required CoreCost Cost { get; init; }
}
