using Dilaton.Machine;

namespace Dilaton.Cli;

/// <summary>What a job may ask of a system guest. docs/systems.md.</summary>
internal static class SystemChecks
{
    public static bool HasSystem(this Job job) => job.Nodes.Any(node => node.Guest.System is not null);

    /// <summary>Then nobody can tell the job anything while it runs.</summary>
    public static bool HasSystemInNetwork(this Job job) => job.HasSystem() && job.Network is not null;

    public static void Check(JobNode root, Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Guest.System is null)
            {
                continue;
            }

            JobNode at = NodeAt(root, i);
            if (node.Engine != EngineChoice.Kvm)
            {
                bag.Error(
                    DiagnosticCode.SystemEngine,
                    at,
                    $"nodes[{i}].engine: a system guest needs a whole processor with its kernel mode, and "
                        + "the translator runs programs",
                    "give engine: kvm, or leave it out");
                continue;
            }

            foreach ((string what, string help) in Lacks(job, node, i))
            {
                bag.Error(DiagnosticCode.SystemLacks, at, what, help);
            }

            if (node.Nic.Mtu is { Bytes: > NetDevice.MtuMax } mtu)
            {
                bag.Error(
                    DiagnosticCode.SystemNic,
                    at,
                    $"nodes[{i}].nic.mtu: {mtu} is more than a system guest's interface takes, {NetDevice.MtuMax}B",
                    "leave it out: of a link that takes more it has as much");
            }
        }
    }

    private static IEnumerable<(string What, string Help)> Lacks(Job job, NodeJob node, int i)
    {
        string guest = $"nodes[{i}].guest.system:";
        if (job.Nodes.Sum(each => each.Count) > 1 && job.Network is null)
        {
            yield return (
                $"{guest} without a network a system guest is the only node of its job",
                "add network: {kind: star}, or run one job for each");
        }

        SystemJob system = node.Guest.System!; // The caller looked.
        if (job.Network is not null && system.Tap is not null)
        {
            yield return (
                $"{guest} tap: the host's network goes by the host's time (time.base: wall), and nodes of a "
                    + "simulated one wait for each other",
                "leave network or tap out");
        }

        int disks = system.Disks.Count;
        if ((job.Network is not null || system.Tap is not null) && disks >= SystemReader.DisksMax)
        {
            yield return (
                $"{guest} {disks} disks leave the machine no room for a network interface",
                $"give at most {SystemReader.DisksMax - 1} disks");
        }

        int speeds = system.Speeds.Count;
        if (speeds > 0 && speeds != node.Cores.Count)
        {
            yield return (
                $"{guest} {speeds} speeds for {node.Cores.Count} cores", "give one for each core, or leave speeds out");
        }

        if (node.Memory.Windows.Count > 0)
        {
            yield return ($"{guest} no model times the memory of system guests", "leave memory.windows out");
        }

        if (job.Peers.Count > 0)
        {
            yield return ($"{guest} system guests have no peers in this version", "leave peers out");
        }

        if (job.Hosts.Count > 1)
        {
            yield return ($"{guest} a system guest runs on this host in this version", "leave hosts out");
        }

        if (job.Network is null && job.Time.Base != TimeBase.Wall && system.Interrupts == InterruptChoice.Kernel)
        {
            yield return (
                $"{guest} its clock follows the host's (time.base: wall), run or not, unless a network holds it",
                "leave time.base out, or add interrupts: exact");
        }

        foreach ((string What, string Help) lack in LacksOfExact(job, system, guest))
        {
            yield return lack;
        }

        if (!Dilation.TdfOf(job, node).IsConstant)
        {
            yield return (
                $"{guest} its TDF is announced to the kernel at boot, and can't change",
                "give one factor");
        }
    }

    private static IEnumerable<(string What, string Help)> LacksOfExact(Job job, SystemJob system, string guest)
    {
        if (system.Interrupts != InterruptChoice.Exact)
        {
            yield break;
        }

        if (job.Network is not null)
        {
            yield return (
                $"{guest} interrupts: exact is of machines without a network in this version",
                "leave interrupts or network out");
        }

        if (system.Speeds.Count > 0)
        {
            yield return (
                $"{guest} speeds: cores take turns then, and with interrupts: exact they do not in this version",
                "leave interrupts or speeds out");
        }

        if (system.Tap is not null && job.Time.Base != TimeBase.Wall)
        {
            yield return (
                $"{guest} tap: the host's network goes by the host's time, of which time.base: run skips some",
                "add time.base: wall");
        }
    }

    private static JobNode NodeAt(JobNode root, int index) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList nodes && index < nodes.Items.Count
            ? nodes.Items[index]
            : root;
}
