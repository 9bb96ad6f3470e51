namespace Dilaton.Cosim;

/// <summary>What a core mostly did in a <see cref="TimelineSlice"/>.</summary>
public enum SliceKind
{
    /// <summary>Guest code, with its stall.</summary>
    Run,

    /// <summary>System calls, faults, loading threads.</summary>
    Kernel,

    Waiting,
}
