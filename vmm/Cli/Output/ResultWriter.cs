using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Writes the result folder: what was asked before the run, what came of it after;
/// result.json last and at once.</summary>
internal sealed class ResultWriter(ResultFolder folder, LoadedJob job, bool isDurable)
{
    public void WriteBefore(IReadOnlyList<string> commandLine)
    {
        folder.Write("job.yaml", Given());
        folder.Write("job.resolved.json", Resolved());
        folder.Write("env.json", EnvironmentReport.Json(commandLine));
    }

    public void WriteAfter(RunRecord run, RunVerdict verdict, HostFigures host)
    {
        List<StatisticsDump> dumps = Dumps(run);
        foreach (StatisticsFormat format in job.Resolved.Outputs.Statistics)
        {
            (string name, string text) = format switch
            {
                StatisticsFormat.Text => ("stats.txt", StatisticsWriter.Text(dumps)),
                StatisticsFormat.Json => ("stats.json", StatisticsWriter.Json(dumps)),
                _ => ("stats.csv", StatisticsWriter.Csv(dumps)),
            };
            folder.Write(name, text);
        }

        folder.Write(ResultFolder.TimelineName, TimelineWriter.Csv(run));
        WriteHost(host);
        folder.Write(ResultFolder.HostTimelineName, run.HostTimeline.Csv(run));
        for (int i = 0; i < run.Nodes.Count; i++)
        {
            NodeRecord node = run.Nodes[i];
            if (node.State.Count > 0 && verdict.Nodes[i].EndWord != NodeEndWords.GuestExited)
            {
                folder.Write(
                    $"{ResultFolder.StateFolder}/{node.Node.Name}/state.txt",
                    string.Join('\n', node.State) + "\n");
            }
        }

        ResultDocument result = ResultBuilder.Build(run, verdict, host, folder.Root);
        folder.WriteAtomically(
            "result.json",
            ResultJson.Write(result) + "\n",
            isDurable);
    }

    /// <summary>The guests' own dumps in the order of virtual time, then the end of all nodes.
    /// Nothing here depends on who was done first.</summary>
    private static List<StatisticsDump> Dumps(RunRecord run)
    {
        List<StatisticsDump> dumps =
            [.. run.Nodes.SelectMany(node => node.Dumps).OrderBy(dump => dump.TimePs)];
        Statistic[] end =
        [
            .. run.Nodes.SelectMany(node => node.Statistics), .. run.NetworkStatistics,
        ];
        if (end.Length > 0)
        {
            dumps.Add(new StatisticsDump(run.TimePs, end));
        }

        return dumps;
    }

    private string Given() => job.Changes.Length == 0
        ? job.GivenText
        : "# changed on the command line by:\n"
            + string.Concat(job.Changes.TrimEnd('\n').Split('\n').Select(line => $"#   {line}\n"))
            + job.GivenText;

    private string Resolved() =>
        Encoding.UTF8.GetString(JobWriter.Write(job.Resolved, indented: true)) + "\n";

    private void WriteHost(HostFigures host)
    {
        StringBuilder json = new("{\n");
        StringBuilder csv = new("Name, Value, Unit\n");
        IReadOnlyList<(string Name, double Value, string Unit)> rows = host.Rows();
        for (int i = 0; i < rows.Count; i++)
        {
            string value = rows[i].Value.ToString(CultureInfo.InvariantCulture);
            json.Append(CultureInfo.InvariantCulture, $"  \"{rows[i].Name}\": {value}")
                .Append(i < rows.Count - 1 ? ",\n" : "\n");
            csv.Append(CultureInfo.InvariantCulture, $"{rows[i].Name}, {value}, {rows[i].Unit}\n");
        }

        folder.Write("host.json", json.Append("}\n").ToString());
        folder.Write("host.csv", csv.ToString());
    }
}
