using System.Globalization;
using Dilaton.Core;
using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>What is told of a KVM engine's clock.</summary>
internal static class KvmWords
{
    public static string ClockRung(KvmProgramEngine engine)
    {
        SliceOvershoot late = engine.Overshoot;
        string slices = late.Count == 0
            ? "no slice was cut short"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{late.Count} slices were ended by a timer, late by "
                    + $"{late.SumNanoseconds / (long)late.Count} ns in the mean and "
                    + $"{late.MaxNanoseconds} ns at most, which counts as run time");
        return "measured run time (CPU time of the thread in KVM_RUN) / tdf; "
            + Rung((engine.Traits & EngineTraits.DilatesTsc) != 0) + "; " + slices
            + Traps(engine.Traps);
    }

    private static string Traps(TrapCost traps) => traps.Count == 0
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; {traps.Count} accesses to windows left the guest, by a way of {traps.MedianNanoseconds} ns "
                + $"(half of its samples within {traps.SpreadNanoseconds} ns) that is no run time");

    /// <summary>Which clock a program guest would read from RDTSC, and why.</summary>
    public static string Rung(bool trapsTimestamp) => trapsTimestamp
        ? "RDTSC is virtual: in user code it leaves the guest (CR4.TSD), as system calls do"
        : "RDTSC is the host's, since KVM lets user code read it in spite of CR4.TSD; system calls "
            + "show virtual time";
}
