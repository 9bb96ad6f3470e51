using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>How far a job is, in figures: those of the live line.</summary>
/// <param name="job">With its factors as they are now.</param>
/// <param name="seconds">Host time since the beginning.</param>
internal sealed class ControlStatus(RunRecord run, Job job, double seconds)
{
    /// <summary>running, pausing, paused or ending.</summary>
    public required string State { get; init; }

    /// <summary>Nodes of the worker that all others wait for in a network; null if none does.
    /// </summary>
    public required IReadOnlyList<int>? AwaitedWorker { get; init; }

    /// <summary>Requests whose answer is yet to come.</summary>
    public required int Waiting { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("job", run.Job.Name);
        json.WriteString("state", State);
        json.WriteNumber("waiting", Waiting);
        json.WriteBoolean("interactive", run.IsInteractive);
        ulong slowest = run.Nodes.Where(node => !node.HasFinished)
            .Select(node => node.TimePs).DefaultIfEmpty(run.TimePs).Min();
        json.WriteNumber("virtualTimePs", slowest);
        json.WriteNumber("instructions", run.Instructions);
        json.WriteNumber("wallSeconds", Math.Round(seconds, 3));
        json.WriteNumber("mips", seconds > 0 ? Math.Round(run.Instructions / seconds / 1e6, 3) : 0);
        json.WriteNumber(
            "slowdown", slowest > 0 ? Math.Round(seconds / (slowest / 1e12), 3) : 0);
        json.WriteStartArray("awaited");
        foreach (int node in AwaitedWorker ?? [])
        {
            json.WriteStringValue(run.Nodes[node].Node.Name);
        }

        json.WriteEndArray();
        json.WriteStartArray("nodes");
        for (int i = 0; i < run.Nodes.Count; i++)
        {
            Write(json, run.Nodes[i], job.Nodes[i]);
        }

        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, NodeRecord node, NodeJob now)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Node.Name);
        json.WriteString("state", node switch
        {
            { HasFinished: true } => "ended",
            { HasStarted: false } => "starting",
            _ => State,
        });
        json.WriteString("tdf", RatioText.Format(
            ControlledTdf.InForce(job, now, new Core.VirtualTime(node.TimePs))));
        json.WriteNumber("virtualTimePs", node.TimePs);
        json.WriteNumber("instructions", node.Instructions);
        json.WriteString("peer", node.Node.Memory.Peer);
        json.WriteNumber("peerWaitSeconds", Math.Round(node.PeerWaitSeconds, 3));
        json.WriteStartArray("vcpus");
        foreach (string line in node.State)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
