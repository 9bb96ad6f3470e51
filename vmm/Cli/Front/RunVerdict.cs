namespace Dilaton.Cli;

/// <summary>What a finished run amounts to. Its exit code is the highest of its nodes, of which the
/// first in the job gives the reason.</summary>
/// <param name="Nodes">In the order of the job.</param>
internal sealed record RunVerdict(int ExitCode, string Reason, IReadOnlyList<Verdict> Nodes)
{
    public static RunVerdict Of(RunRecord run)
    {
        // Asked to stop, a run may well lose its network.
        string? fault = run.Stop switch
        {
            StopReason.None => run.NetworkFault,
            StopReason.WorkerHung =>
                run.Nodes.Select(node => node.Hang).FirstOrDefault(hang => hang is not null),
            _ => null,
        };
        Verdict[] nodes =
            [.. run.Nodes.Select(node => Verdict.Of(node, run.Stop, run.Job.Time, fault))];
        int worst = 0;
        for (int i = 1; i < nodes.Length; i++)
        {
            worst = nodes[i].ExitCode > nodes[worst].ExitCode ? i : worst;
        }

        return fault is not null && nodes[worst].ExitCode < Cli.ExitCode.PeerFailed
            ? new RunVerdict(Cli.ExitCode.PeerFailed, fault, nodes)
            : new RunVerdict(nodes[worst].ExitCode, ReasonOf(run, nodes, worst), nodes);
    }

    private static string ReasonOf(RunRecord run, Verdict[] nodes, int worst)
    {
        string reason = nodes[worst].Reason;
        if (run.IsAlone)
        {
            return reason;
        }

        if (nodes.All(node => node.ExitCode == Cli.ExitCode.Ok))
        {
            return $"all {nodes.Length} nodes ended well";
        }

        int others = nodes.Count(node => node.ExitCode == nodes[worst].ExitCode) - 1;
        string more = others switch
        {
            0 => "",
            1 => "; another node ended so too",
            _ => $"; {others} other nodes ended so too",
        };
        return $"{run.Nodes[worst].Node.Name}: {reason}{more}";
    }
}
