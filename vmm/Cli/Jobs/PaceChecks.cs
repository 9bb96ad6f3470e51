using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What a job may ask of nodes that follow the host's clock (time.base: wall). docs/time.md,
/// 12.12.</summary>
internal static class PaceChecks
{
    public static void Check(JobNode root, Job job, DiagnosticBag bag)
    {
        if (job.Time.Base != TimeBase.Wall)
        {
            return;
        }

        JobNode at = root is JobMap map ? NetworkChecks.Find(map, "time.base") : root;
        foreach ((string what, string help) in Mistakes(job))
        {
            bag.Error(DiagnosticCode.Inconsistent, at, $"time.base: wall {what}", help);
        }
    }

    private static IEnumerable<(string What, string Help)> Mistakes(Job job)
    {
        if (job.Time.Mode != TimeMode.Dilated)
        {
            yield return (
                "is a base of time.mode: dilated, and executed time is counted, not measured",
                "give engine: kvm, or leave base out");
            yield break;
        }

        if (job.Network is not null)
        {
            yield return (
                "follows the host, and nodes of a network wait for each other",
                "leave base out: time.base: run");
        }

        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Memory.Windows.Count > 0)
            {
                yield return (
                    $"can't add what a peer says that an access takes: nodes[{i}].memory.windows",
                    "leave base out: time.base: run");
            }

            Ratio least = Dilation.TdfOf(job, node).Steps.Select(step => step.Factor)
                .MinBy(factor => (decimal)factor.Numerator / factor.Denominator);
            if (node.Guest.System is null && node.Cores.Count > 1
                && (ulong)node.Cores.Count * least.Denominator > least.Numerator)
            {
                yield return (
                    $"needs a TDF of {node.Cores.Count} or more for nodes[{i}], whose "
                        + $"{node.Cores.Count} cores share one processor of the host",
                    $"give tdf: {node.Cores.Count}, or fewer cores");
            }
        }
    }
}
