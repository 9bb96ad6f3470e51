using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Mistakes of a network that show only once all nodes are known.</summary>
internal static class NetworkChecks
{
    /// <summary>What the network's own statistics begin with.</summary>
    public const string StatisticsPrefix = "network";

    private const int NamesShown = 6;

    public static void Run(
        JobMap root, Job job, IReadOnlyList<string> paths, DiagnosticBag bag)
    {
        foreach (ConfigException mistake in NetworkMapping.Mistakes(job))
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                Find(root, mistake.Key),
                $"{mistake.Key}: {mistake.Why}",
                HelpFor(mistake.Key, job));
        }

        if (job.Network is { Kind: NetworkKind.Overlay })
        {
            OverlayChecks.Run(root, job, bag);
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

    /// <summary>For the name of a link that there is not.</summary>
    public static string HelpFor(string key, Job job)
    {
        if (!key.StartsWith("network.links[", StringComparison.Ordinal)
            || !key.EndsWith("].name", StringComparison.Ordinal))
        {
            return "";
        }

        int index = int.Parse(
            key.Split('[', ']')[1], CultureInfo.InvariantCulture);
        NetworkJob network = job.Network! with { Links = [] };
        IReadOnlyList<string> names = NetworkMapping.LinkNames(job with { Network = network });
        return Spelling.Nearest(job.Network!.Links[index].Name, names) is { } near
            ? $"did you mean '{near}'?"
            : $"there are {string.Join(", ", names.Take(NamesShown))} and so on, {names.Count} in "
                + "all: `dilaton network check` lists them";
    }

    /// <summary>The value at a key path, or the nearest above it.</summary>
    public static JobNode Find(JobMap root, string path)
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
