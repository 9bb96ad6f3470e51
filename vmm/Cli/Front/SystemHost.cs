using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>Whether this host can run a job's system guests.</summary>
internal static class SystemHost
{
    /// <returns>False: it has no KVM, as reported. A warning if it is slow.</returns>
    public static bool Check(Job job, DiagnosticBag bag) =>
        !job.HasSystem() || Check(KvmProbe.RunForSystems(), bag);

    internal static bool Check(KvmReport report, DiagnosticBag bag)
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
