namespace Dilaton.Guest;

/// <summary>What a process has set of itself, and what changes nothing here but what it is told
/// when it asks. A child begins with the same, unless said otherwise.</summary>
internal sealed record ProcessTraits
{
    public const int DefaultTimerSlackNanoseconds = 50_000;

    public const int Dumpable = 1;

    /// <summary>PR_SET_DUMPABLE.</summary>
    public int DumpMode { get; set; } = Dumpable;

    public bool HasNoNewPrivileges { get; set; }

    public ulong TimerSlackNanoseconds { get; set; } = DefaultTimerSlackNanoseconds;

    /// <summary>What it is sent when its parent ends; 0 is nothing. Not a child's.</summary>
    public int ParentDeathSignal { get; set; }

    /// <summary>Descendants that lose their parent become its children. Not a child's.</summary>
    public bool IsSubreaper { get; set; }

    /// <summary>-20 to 19; every thread gets the same share whatever it is.</summary>
    public int Nice { get; set; }

    /// <summary>SCHED_OTHER, SCHED_BATCH or SCHED_IDLE.</summary>
    public int SchedulingPolicy { get; set; }

    /// <summary>IOPRIO_PRIO_VALUE; 0 is none.</summary>
    public int InputOutputPriority { get; set; }

    public uint Personality { get; set; }

    public ProcessTraits Fork() => this with { ParentDeathSignal = 0, IsSubreaper = false };
}
