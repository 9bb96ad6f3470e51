namespace Dilaton.Translator;

/// <summary>Why code left the cache.</summary>
internal enum ExitKind : byte
{
    /// <summary>Indirect branch without a translation; the target is in the context.</summary>
    IndirectMiss,

    /// <summary>Host fault; the place is in the context.</summary>
    HostFault,

    /// <summary>A direct branch to a block that did not exist yet.</summary>
    Link,

    /// <summary>The block would overrun what is left of the grant.</summary>
    Budget,

    /// <summary>The block needs the x87 state, which is not loaded.</summary>
    NeedX87,

    /// <summary>One instruction has run outside any block; rip follows it.</summary>
    BareDone,
    SystemCall,
    Timestamp,
    TimestampWithProcessor,
    Pause,
    RegionMark,
    Cpuid,

    // Not executed yet.
    Fault,
    ReadXcr,
    WriteSegmentBase,
    PopFlags,
    DynamicAccess,
}
