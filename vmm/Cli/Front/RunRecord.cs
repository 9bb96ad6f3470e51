using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What the front knows of a run.</summary>
internal sealed class RunRecord
{
    public required Job Job { get; init; }

    /// <summary>In the order of the job.</summary>
    public required IReadOnlyList<NodeRecord> Nodes { get; init; }

    /// <summary>What was said before the start, for the results.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Of peers that did not end well: how, and their last lines.</summary>
    public IReadOnlyList<string> PeerTrouble { get; set; } = [];

    /// <summary>Of the network that joins the nodes; empty without one.</summary>
    public IReadOnlyList<Statistic> NetworkStatistics { get; set; } = [];

    /// <summary>How the network's peer failed; null if it did not.</summary>
    public string? NetworkFault { get; set; }

    /// <summary>Host time for which the coordinator has waited for the network's peer.</summary>
    public double NetworkWaitSeconds { get; set; }

    public double WallSeconds { get; set; }

    public HostTimeline HostTimeline => field ??= new HostTimeline(Nodes.Count);

    public StopReason Stop { get; set; }

    /// <summary>What an operator said while it ran, or when it was played back, shows in the results.
    /// </summary>
    public bool IsInteractive { get; set; }

    public bool IsAlone => Nodes.Count == 1;

    /// <summary>Of the node that is furthest.</summary>
    public ulong TimePs => Nodes.Max(node => node.TimePs);

    public ulong Instructions
    {
        get
        {
            ulong sum = 0;
            foreach (NodeRecord node in Nodes)
            {
                sum += node.Instructions;
            }

            return sum;
        }
    }

    /// <summary>Every node told its end.</summary>
    public bool IsComplete => Nodes.All(node => node.End is not null);

    public static RunRecord Of(
        Job job, IReadOnlyList<int> workerIds, IReadOnlyList<string>? warnings = null) => new()
    {
        Job = job,
        Warnings = warnings ?? [],
        Nodes =
        [
            .. job.Nodes.Select((node, i) =>
                new NodeRecord { Node = node, WorkerId = workerIds[i] }),
        ],
    };
}
