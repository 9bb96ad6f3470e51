using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>A way in which guests' clocks are made virtual. Which of them a run has is told in its result, and which a
/// host has by `dilaton doctor`, in the same words.</summary>
/// <param name="Name">For people, short.</param>
/// <param name="What">What guests see.</param>
/// <param name="Needs">Of the host.</param>
/// <param name="IsIn">Whether a host has it, as a probe of its KVM found it.</param>
internal sealed record ClockRung(string Name, string What, string Needs, Func<KvmReport, bool> IsIn)
{
    public static ClockRung Counted { get; } = new(
        "counted",
        "virtual time counted by the translator; RDTSC and all clock calls agree",
        "nothing",
        _ => true);

    public static ClockRung Trapped { get; } = new(
        "trapped counter",
        "RDTSC is virtual: in user code it leaves the guest (CR4.TSD), as system calls do",
        "a KVM that obeys CR4.TSD: VMX, SVM",
        report => report.CanRunPrograms && report.TrapsTimestamp);

    public static ClockRung HostCounter { get; } = new(
        "host's counter",
        "RDTSC is the host's, since KVM lets user code read it in spite of CR4.TSD; system calls show virtual time",
        "any other KVM that runs user code",
        report => report.CanRunPrograms && !report.TrapsTimestamp);

    public static ClockRung Announced { get; } = new(
        "announced frequency",
        "the time-stamp counter runs at the host's rate, and the guest is told TDF times that; all its clocks are read "
            + "from it, and timers are TSC deadlines in KVM's local APIC",
        "a KVM",
        report => report.Availability == KvmAvailability.Usable);

    public static ClockRung Held { get; } = new(
        "held counter",
        "while the machine stands (`dilaton ctl pause`), so do its counter, by its offset, and its timers",
        "a KVM that shifts the guest's counter: VMX, SVM",
        report => report.Availability == KvmAvailability.Usable && report.ShiftsTimestamp);

    public static IReadOnlyList<ClockRung> All { get; } = [Counted, Trapped, HostCounter, Announced, Held];

    /// <summary>Of programs under KVM.</summary>
    public static ClockRung OfPrograms(bool trapsTimestamp) => trapsTimestamp ? Trapped : HostCounter;
}
