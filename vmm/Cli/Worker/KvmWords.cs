using System.Globalization;
using Dilaton.Core;
using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>What is told of a KVM engine's clock.</summary>
internal static class KvmWords
{
    /// <param name="pace">With time.base: wall.</param>
    public static string TellClock(KvmProgramEngine engine, HostPace? pace)
    {
        SliceOvershoot late = engine.Overshoot;
        string slices = late.Count == 0
            ? "no slice was cut short"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{late.Count} slices were ended by a timer, late by "
                    + $"{late.SumNanoseconds / (long)late.Count} ns in the mean and "
                    + $"{late.MaxNanoseconds} ns at most, which counts as run time");
        return (pace is null ? "measured run time (CPU time of the thread in KVM_RUN) / tdf; " : Wall(pace))
            + ClockRung.OfPrograms((engine.Traits & EngineTraits.DilatesTsc) != 0).What + "; " + slices
            + Traps(engine.Traps);
    }

    private static string Wall(HostPace pace)
    {
        (int count, long nanoseconds) = pace.Stops;
        string stops = string.Create(
            CultureInfo.InvariantCulture,
            $"stopped {count} times, for {nanoseconds / 1_000_000} ms in all, which no clock shows; ");
        string doubt = pace.TellsStops
            ? ""
            : "this kernel does not say how long a thread waits for a processor (CONFIG_SCHED_INFO), so a "
                + "busy host counts as a stop; ";
        return "the host's steady clock / tdf, run or not (time.base: wall); the process was " + stops + doubt;
    }

    private static string Traps(TrapCost traps) => traps.Count == 0
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; {traps.Count} accesses to windows left the guest, by a way of {traps.MedianNanoseconds} ns "
                + $"(half of its samples within {traps.SpreadNanoseconds} ns) that is no run time");
}
