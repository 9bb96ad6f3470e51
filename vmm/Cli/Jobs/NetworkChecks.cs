using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Mistakes of a network that show only once all nodes are known.</summary>
internal static class NetworkChecks
{
    /// <summary>What the network's own statistics begin with.</summary>
    public const string StatisticsPrefix = "network";

    public static void Run(
        JobMap root, Job job, IReadOnlyList<string> paths, DiagnosticBag bag)
    {
        foreach (ConfigException mistake in NetworkMapping.Mistakes(job))
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                Find(root, mistake.Key),
                $"{mistake.Key}: {mistake.Why}");
        }

        if (job.Network is null && job.Sync.Mode != SyncMode.Strict)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                Find(root, "sync.mode"),
                "sync.mode: without a network nothing keeps nodes together",
                "add network: {kind: star}, or leave sync out");
        }

        for (int i = 0; i < job.Nodes.Count; i++)
        {
            if (job.Network is null && job.Nodes[i].Nic != new NicJob())
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    Find(root, $"{paths[i]}.nic"),
                    $"{paths[i]}.nic: the job has no network",
                    "add network: {kind: star}");
                return;
            }

            if (job.Network is not null && job.Nodes[i].Name == StatisticsPrefix)
            {
                bag.Error(
                    DiagnosticCode.BadName,
                    Find(root, $"{paths[i]}.name"),
                    $"{paths[i]}.name: '{StatisticsPrefix}' is what the network's statistics are "
                        + "called");
            }
        }
    }

    /// <summary>The value at a key path, or the nearest above it.</summary>
    private static JobNode Find(JobMap root, string path)
    {
        JobNode at = root;
        foreach (string step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.'))
        {
            JobNode? next = step.StartsWith('[') ? Item(at, step) : (at as JobMap)?.Find(step)?.Value;
            if (next is null)
            {
                break;
            }

            at = next;
        }

        return at;
    }

    private static JobNode? Item(JobNode at, string step) =>
        at is JobList list
        && int.TryParse(step.Trim('[', ']'), CultureInfo.InvariantCulture, out int index)
        && index < list.Items.Count
            ? list.Items[index]
            : null;
}
