namespace Dilaton.Cosim;

/// <summary>What instructions of a sampled run are for.</summary>
public enum SamplePhase
{
    /// <summary>Timed, since a program's start is like nothing else of it; in no estimate.</summary>
    Opening,

    /// <summary>Counted; caches may see what they access; nothing is timed.</summary>
    FastForward,

    /// <summary>Timed, so that the window after it begins as it would in a whole run.</summary>
    Warmup,

    /// <summary>Timed: a sample.</summary>
    Window,
}
