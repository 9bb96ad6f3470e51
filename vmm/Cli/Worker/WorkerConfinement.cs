using System.Runtime.InteropServices;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Shuts a worker in before its first guest instruction, when all that it needs is open: files, sockets
/// to front and peers, shared memory, devices. See docs/confinement.md.</summary>
internal sealed class WorkerConfinement(Job job)
{
    /// <summary>What shows or is the host machine: never a guest's, whatever is granted.</summary>
    private static readonly string[] s_machine = ["/proc", "/sys", "/dev"];

    /// <summary>What the runtime and its libraries may still load or ask.</summary>
    private static readonly string[] s_runtime =
    [
        "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ssl", "/etc/pki", "/etc/ld.so.cache",
        "/proc/self", "/proc/meminfo",
        "/proc/sys/vm/overcommit_memory", "/dev/null", "/dev/urandom", "/sys/devices/system/cpu",
    ];

    private bool _isDone;

    /// <summary>Once; later calls do nothing. The thread that runs guests.</summary>
    public void Seal()
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        Confinement.Limit();
        if (Confinement.LandlockAbi() > 0)
        {
            Confinement.RestrictFiles(Rules(job));
        }

        if (Confinement.HasSeccomp())
        {
            bool usesKvm = job.Nodes.Any(node => node.Engine == EngineChoice.Kvm);
            Confinement.RestrictCalls(SeccompFilter.Build(Environment.ProcessId, usesKvm));
        }
    }

    /// <summary>The job's grants, and what the runtime needs to read.</summary>
    internal static IEnumerable<LandlockRule> Rules(Job job)
    {
        string[] runtime = [.. s_runtime, AppContext.BaseDirectory, RuntimeEnvironment.GetRuntimeDirectory()];
        return runtime.Select(path => new LandlockRule(path, LandlockAccess.Read)).Concat(
            job.Nodes.SelectMany(node => node.Guest.Files)
                .Distinct()
                .SelectMany(OfGrant));
    }

    /// <summary>All of a host is granted without what shows the machine; its names may be listed.</summary>
    private static IEnumerable<LandlockRule> OfGrant(GrantJob grant)
    {
        LandlockAccess access = grant.Access == GrantAccess.Write ? LandlockAccess.Write : LandlockAccess.Read;
        return grant.Path != "/"
            ? [new LandlockRule(grant.Path, access)]
            :
            [
                new LandlockRule("/", LandlockAccess.List),
                .. Directory.EnumerateFileSystemEntries("/").Where(path => !s_machine.Contains(path))
                    .Select(path => new LandlockRule(path, access)),
            ];
    }
}
