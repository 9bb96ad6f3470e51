namespace Dilaton.Cli;

/// <summary>Where late feedback may be: docs/time.md, 4.12.</summary>
internal static class FeedbackChecks
{
    /// <summary>It needs someone who works meanwhile, is never exact, and nothing else may wait for
    /// what comes late.</summary>
    public static void Check(JobNode root, Job job, DiagnosticBag bag)
    {
        if (job.Time.Feedback.Intervals == 0)
        {
            return;
        }

        JobNode at = (root as JobMap)?.Find("time")?.Value ?? root;
        foreach ((string why, string help) in Refusals(job))
        {
            bag.Error(
                DiagnosticCode.Inconsistent, at, $"time.feedback: {job.Time.Feedback} {why}", help);
        }
    }

    private static IEnumerable<(string Why, string Help)> Refusals(Job job)
    {
        if (job.Nodes.All(node => node.Memory.Peer is null))
        {
            yield return (
                "needs a peer that works while the node runs on, and no node has one",
                "leave it out, or name a peer in memory.peer");
        }

        if (job.Network is not null)
        {
            yield return (
                "needs nodes that no other can reach, and a network joins them",
                "use lockstep, or leave out the network");
        }

        for (int i = 0; i < job.Nodes.Count; i++)
        {
            MemoryJob memory = job.Nodes[i].Memory;
            if (memory.Windows.Count > 0)
            {
                yield return (
                    $"times memory late, and accesses to nodes[{i}].memory.windows wait for all "
                        + "before them",
                    "use lockstep, or leave out the windows");
            }

            if (memory is { Peer: not null, Preset: PresetChoice.Law9 })
            {
                yield return (
                    $"gives an estimate, and nodes[{i}].memory.preset: law9 asks for exact counts",
                    "use lockstep, or another preset");
            }
        }
    }
}
