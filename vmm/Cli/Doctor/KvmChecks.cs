using System.Globalization;
using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>What this host's KVM can do for guests, as a probe found it.</summary>
internal static class KvmChecks
{
    private const string NotNeeded = "only guests with engine: kvm need it";

    public static IReadOnlyList<Finding> All() => Describe(KvmProbe.Run());

    public static IReadOnlyList<Finding> Describe(KvmReport report)
    {
        if (!report.CanRunPrograms)
        {
            return [Unusable(report)];
        }

        return
        [
            new Finding(
                "KVM",
                FindingLevel.Ok,
                "runs user code; a 1 ms slice ends "
                    + $"{Microseconds(report.OvershootMedianNanoseconds)} us late, at most "
                    + $"{Microseconds(report.OvershootMaxNanoseconds)} us (CPU time, of 9)",
                ""),
            new Finding(
                "KVM clock",
                report.TrapsTimestamp ? FindingLevel.Ok : FindingLevel.Warn,
                ClockRung.OfPrograms(report.TrapsTimestamp).What,
                report.TrapsTimestamp
                    ? ""
                    : "programs that read RDTSC themselves see host time: use the translator, or "
                        + "a host with VMX or SVM"),
            new Finding(
                "KVM kernel mode",
                report.KernelMode == KernelModeSpeed.Hardware
                    ? FindingLevel.Ok
                    : FindingLevel.Warn,
                report.KernelMode == KernelModeSpeed.Hardware
                    ? "runs natively"
                    : "is emulated, about a million instructions a second",
                report.KernelMode == KernelModeSpeed.Hardware
                    ? ""
                    : "programs run natively all the same; exits are slower"),
            new Finding(
                "KVM TSC",
                FindingLevel.Ok,
                $"offset: {Works(report.ShiftsTimestamp)}; scaling: "
                    + (report.ScalesTimestamp ? "claimed" : "none"),
                ""),
            new Finding(
                "KVM rungs",
                FindingLevel.Ok,
                string.Join("; ", ClockRung.All.Where(rung => rung.IsIn(report)).Select(rung => rung.Name)),
                ""),
            new Finding(
                "KVM debug",
                FindingLevel.Ok,
                $"single step in user code: {Works(report.StepsUserCode)}; breakpoints: "
                    + Works(report.BreaksOnAddress),
                ""),
        ];
    }

    private static Finding Unusable(KvmReport report) => report.Availability switch
    {
        KvmAvailability.Missing => new Finding(
            "KVM",
            FindingLevel.Warn,
            "missing: there is no /dev/kvm",
            $"{NotNeeded}: load kvm_intel or kvm_amd, or pass /dev/kvm into the container"),
        KvmAvailability.Forbidden => new Finding(
            "KVM",
            FindingLevel.Warn,
            "no permission to open /dev/kvm",
            $"{NotNeeded}: join the group that owns it (often kvm), then log in anew"),
        KvmAvailability.Broken => new Finding(
            "KVM", FindingLevel.Warn, report.Reason, NotNeeded),
        _ => new Finding(
            "KVM",
            FindingLevel.Warn,
            $"user code and its exits: {Works(report.RunsUserCode)}; end of slices: "
                + Works(report.EndsSlices),
            $"{NotNeeded}: this KVM can't run them"),
    };

    private static string Works(bool does) => does ? "works" : "does not work";

    private static string Microseconds(long nanoseconds) =>
        (nanoseconds / 1_000).ToString(CultureInfo.InvariantCulture);
}
