namespace Dilaton.Core;

/// <summary>How engines differ. A job that asks for a trait its engine lacks is refused before the
/// guest starts.</summary>
[Flags]
public enum EngineTraits
{
    None = 0,
    StopsAtExactInstruction = 1,
    SeesEveryAccess = 2,
    DilatesTsc = 4,
    Deterministic = 8,

    /// <summary>Its vCPUs may enter one process after another.</summary>
    SwitchesProcesses = 16,

    /// <summary>It can look at every access of short windows now and then.</summary>
    SamplesAccesses = 32,

    /// <summary>It can tell which pages guest code wrote within a while.</summary>
    LogsWrittenPages = 64,
}
