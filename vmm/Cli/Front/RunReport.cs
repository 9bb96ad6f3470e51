using System.Text;

namespace Dilaton.Cli;

/// <summary>What a run that did not simply go well says on standard error, quiet or not.</summary>
internal static class RunReport
{
    private const int StateLinesMax = 40;

    /// <summary>Of nodes that did not end well; the rest is in result.json.</summary>
    private const int NodesMax = 8;

    public static string Messages(RunRecord run, RunVerdict verdict)
    {
        StringBuilder text = new();
        int told = 0;
        foreach (IGrouping<(DiagnosticCode?, string), int> group in Enumerable
            .Range(0, run.Nodes.Count)
            .GroupBy(i => (verdict.Nodes[i].Code, verdict.Nodes[i].Reason)))
        {
            Verdict each = verdict.Nodes[group.First()];
            if (each.ExitCode == ExitCode.Ok || told++ >= NodesMax)
            {
                continue;
            }

            string who = run.IsAlone
                ? ""
                : NodeNotes.Names([.. group.Select(i => run.Nodes[i].Node.Name)]) + ": ";
            AppendNode(text, run.Nodes[group.First()], each, who);
            if (each.Code is DiagnosticCode.Deadlock or DiagnosticCode.WorkerDied)
            {
                AppendStates(text, run.IsAlone, [.. group.Select(i => run.Nodes[i])]);
            }
        }

        if (told > NodesMax)
        {
            text.Append("dilaton: ").Append(told - NodesMax)
                .Append(" further ends of nodes are told in result.json\n");
        }

        if (verdict.Reason == run.NetworkFault)
        {
            // No node tells it: all had ended.
            DiagnosticBag bag = new();
            bag.Error(DiagnosticCode.PeerFault, verdict.Reason, Help(DiagnosticCode.PeerFault));
            text.Append(bag.Print());
        }

        foreach (string line in run.PeerTrouble)
        {
            text.Append("  ").Append(line).Append('\n');
        }

        foreach (string warning in ResultBuilder.Warnings(run))
        {
            text.Append("dilaton: warning: ").Append(warning).Append('\n');
        }

        return text.ToString();
    }

    private static void AppendNode(
        StringBuilder text, NodeRecord run, Verdict verdict, string who)
    {
        if (verdict.Code is { } code)
        {
            DiagnosticBag bag = new();
            bag.Error(code, who + verdict.Reason, Help(code));
            text.Append(bag.Print());
        }
        else if (who.Length > 0)
        {
            text.Append("dilaton: ").Append(who).Append(verdict.Reason).Append('\n');
        }

        if (run.HasFailed)
        {
            foreach (string line in run.Trouble.Skip(1))
            {
                text.Append(line).Append('\n');
            }
        }

        if (run.End?.Guest is { Signal: not 0 } guest)
        {
            if (who.Length == 0)
            {
                text.Append("dilaton: ").Append(verdict.Reason).Append('\n');
            }

            text.Append(guest.Message.TrimEnd('\n')).Append('\n');
        }
        else if (run.End?.Guest is { Message.Length: > 0 } told)
        {
            text.Append("dilaton: ").Append(told.Message.TrimEnd('\n')).Append('\n');
        }
    }

    /// <summary>Who waits for whom may take the states of all nodes that wait.</summary>
    private static void AppendStates(StringBuilder text, bool isAlone, List<NodeRecord> nodes)
    {
        int left = StateLinesMax;
        foreach (NodeRecord node in nodes)
        {
            string who = isAlone ? "" : $"{node.Node.Name}: ";
            foreach (string line in node.State.Take(left))
            {
                text.Append("  ").Append(who).Append(line).Append('\n');
            }

            left -= Math.Min(left, node.State.Count);
        }
    }

    private static string Help(DiagnosticCode code) => code switch
    {
        DiagnosticCode.InternalError =>
            "this is a defect of Dilaton; please report it with the lines below",
        DiagnosticCode.PeerFault =>
            "results are as of the last completed interval; the peer's output is in the result "
                + "folder, under peers",
        DiagnosticCode.Tainted =>
            "run the node that stored there with isolation: process; the results of other workers "
                + "stand",
        DiagnosticCode.WorkerDied =>
            "what it had streamed is in the result folder; the last guest state follows. SIGKILL is "
                + "what the host's kernel sends when its memory runs out",
        DiagnosticCode.Deadlock =>
            "what each thread waits for follows, and is in procs/NODE/state.txt; callers are those of "
                + "the return addresses on its stack, of which some may be left over",
        DiagnosticCode.WorkerHung =>
            "results are as of the last completed interval; procs/NODE/state.txt has where each guest "
                + "was; sync.timeout is how long a worker may stand",
        _ => "",
    };
}
