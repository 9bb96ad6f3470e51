namespace Dilaton.Kvm;

/// <summary>What a program guest under KVM reads from its time-stamp counter. The kernel's clocks are
/// virtual time on either rung.</summary>
public enum TimestampRung
{
    /// <summary>RDTSC leaves the guest and is answered from virtual time: exact.</summary>
    Trapped,

    /// <summary>RDTSC shows the host's counter, which is not dilated.</summary>
    HostVisible,
}
