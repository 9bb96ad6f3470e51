using System.Globalization;
using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Whether this host can run a job's system guests.</summary>
internal static class SystemHost
{
    /// <returns>False: it has no KVM, as reported. A warning if it is slow.</returns>
    public static bool Check(Job job, DiagnosticBag bag) =>
        !job.HasSystem()
        || (Check(KvmProbe.RunForSystems(), job.Network is not null, bag)
            && CheckProcessors(job, Environment.ProcessorCount, bag) && CheckTaps(job, bag));

    /// <summary>Several machines run at the same time: where all can't, their clocks go on without them.</summary>
    /// <param name="processors">Of the host.</param>
    internal static bool CheckProcessors(Job job, int processors, DiagnosticBag bag)
    {
        NodeJob[] systems = [.. job.Nodes.Where(node => node.Guest.System is not null)];
        decimal needed = systems.Sum(node =>
        {
            Ratio tdf = Dilation.TdfOf(job, node).First;
            return node.Cores.Count * (decimal)tdf.Denominator / tdf.Numerator;
        });
        int cores = systems.Sum(node => node.Cores.Count);
        if (systems.Length < 2 || needed <= processors)
        {
            return true;
        }

        bag.Error(
            DiagnosticCode.SystemProcessors,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the {systems.Length} system guests have {cores} cores together, which need "
                    + $"{Math.Ceiling(needed)} processors at their TDF, and the host has {processors}"),
            "give a larger tdf, or fewer cores");
        return false;
    }

    /// <summary>That each can be had, by having it for a moment.</summary>
    private static bool CheckTaps(Job job, DiagnosticBag bag)
    {
        foreach (string name in job.Nodes.Select(node => node.Guest.System?.Tap).OfType<string>())
        {
            try
            {
                HostTap.Open(name).Dispose();
            }
            catch (NativeCallException e)
            {
                bag.Error(
                    DiagnosticCode.SystemTap,
                    $"the TAP device of a system guest, '{name}', can't be had: {e.Message}",
                    $"make one of that name, for this user: ip tuntap add {name} mode tap user NAME");
            }
        }

        return !bag.HasErrors;
    }

    /// <summary>Why a job with system guests can't do what it is told while it runs; null: it can.</summary>
    public static (DiagnosticCode Code, string What, string Help)? Refuses(
        Job job, ControlVerb verb, Func<KvmReport> probe) => verb switch
        {
            _ when !job.HasSystem() => null,
            ControlVerb.SetTdf => (
                DiagnosticCode.SystemStays,
                "the TDF of a system guest is announced to its kernel at boot, and can't change",
                "run the job anew with another tdf"),
            ControlVerb.Pause when !probe().ShiftsTimestamp => (
                DiagnosticCode.SystemStays,
                "this host's KVM can't stop the clock of a system guest: a change of its counter's offset has no "
                    + "effect",
                "a host with VMX or SVM can; see dilaton doctor, \"KVM TSC\""),
            _ => null,
        };

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
