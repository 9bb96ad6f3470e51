namespace Dilaton.Kvm;

/// <summary>What this host's KVM does, found by trying it: capabilities claim more.</summary>
public sealed record KvmReport
{
    public required KvmAvailability Availability { get; init; }

    /// <summary>Why it is not usable; empty if it is.</summary>
    public string Reason { get; init; } = "";

    /// <summary>User code runs, and leaves by SYSCALL and by a page fault with its state right.
    /// </summary>
    public bool RunsUserCode { get; init; }

    /// <summary>SYSCALL reaches the supervisor's entry without leaving user mode.</summary>
    public bool StaysUser { get; init; }

    /// <summary>A timer ends a guest that never leaves of itself.</summary>
    public bool EndsSlices { get; init; }

    /// <summary>Middle and largest of how much later than it should a slice of 1 ms ended, in
    /// nanoseconds of the thread's CPU time.</summary>
    public long OvershootMedianNanoseconds { get; init; }

    public long OvershootMaxNanoseconds { get; init; }

    /// <summary>RDTSC of user code leaves the guest, so that it can be answered from virtual time;
    /// else it shows the host's counter.</summary>
    public bool TrapsTimestamp { get; init; }

    /// <summary>A change of the counter's offset is seen by RDTSC.</summary>
    public bool ShiftsTimestamp { get; init; }

    /// <summary>By capability: trying it can upset a counter.</summary>
    public bool ScalesTimestamp { get; init; }

    public bool StepsUserCode { get; init; }

    public bool BreaksOnAddress { get; init; }

    public KernelModeSpeed KernelMode { get; init; }

    /// <summary>A program guest can run.</summary>
    public bool CanRunPrograms =>
        Availability == KvmAvailability.Usable && RunsUserCode && EndsSlices;
}
