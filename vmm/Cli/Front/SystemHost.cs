using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>Whether this host can run a job's system guests.</summary>
internal static class SystemHost
{
    /// <returns>False: it has no KVM, as reported. A warning if it is slow.</returns>
    public static bool Check(Job job, DiagnosticBag bag) =>
        !job.HasSystem() || Check(KvmProbe.RunForSystems(), job.Network is not null, bag);

    /// <param name="isHeld">Its clock waits for the other nodes of a network.</param>
    internal static bool Check(KvmReport report, bool isHeld, DiagnosticBag bag)
    {
        if (report.Availability != KvmAvailability.Usable)
        {
            bag.Error(
                DiagnosticCode.EnvironmentMissing,
                $"a system guest needs KVM, and it is {report.Availability.ToString().ToLowerInvariant()} here: "
                    + report.Reason,
                "dilaton doctor says what to do");
            return false;
        }

        if (isHeld && !report.ShiftsTimestamp)
        {
            bag.Error(
                DiagnosticCode.SystemHeld,
                "a system guest's clock can't wait for the other nodes of its network: this host's KVM does not move a "
                    + "guest's time-stamp counter",
                "run it without a network, or on a host with VMX or SVM");
            return false;
        }

        if (report.KernelMode == KernelModeSpeed.Emulated)
        {
            bag.Warning(
                DiagnosticCode.SystemSlow,
                "this host's KVM emulates the kernel mode of guests, about a million instructions a second",
                "small images run; Linux needs a host with VMX or SVM");
        }

        return true;
    }
}
