using System.Globalization;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>Makes one <see cref="ReportData"/> of the folder of a run, those of several, or sweeps.
/// </summary>
internal static class ReportLoader
{
    private static readonly char[] s_digits = [.. "0123456789"];

    /// <returns>Null if a folder is of neither kind, which is reported.</returns>
    public static ReportData? Load(IReadOnlyList<string> folders, DiagnosticBag bag)
    {
        List<ReportProblem> problems = [];
        List<SweepReading> sweeps = [];
        List<RunFacts> runs = [];
        foreach (string folder in folders)
        {
            FolderFiles files = new(Path.GetFullPath(folder), JobDifference.NameOf(Path.GetFullPath(folder)), problems);
            if (SweepReading.Is(files))
            {
                sweeps.Add(SweepReading.Read(files));
            }
            else if (RunFolder.Is(files))
            {
                runs.Add(RunFolder.Read(files));
            }
            else
            {
                bag.Error(
                    DiagnosticCode.NotAResultFolder,
                    Directory.Exists(folder)
                        ? $"'{folder}' holds no results: neither result.json of a run nor points.csv of a sweep"
                        : $"'{folder}' is no folder",
                    "give the folder that `dilaton run`, `launch` or `sweep` wrote, such as tdout or tdsweep");
            }
        }

        if (bag.HasErrors || !Fits(sweeps, runs, bag))
        {
            return null;
        }

        return sweeps.Count > 0 ? OfSweeps(sweeps, problems)
            : runs.Count > 1 ? OfRuns(runs, problems) : OfRun(runs[0], problems);
    }

    private static bool Fits(List<SweepReading> sweeps, List<RunFacts> runs, DiagnosticBag bag)
    {
        bool same = sweeps.All(s => s.Paths.SequenceEqual(sweeps[0].Paths));
        if (same && (sweeps.Count == 0 || runs.Count == 0))
        {
            return true;
        }

        bag.Error(
            DiagnosticCode.NotAResultFolder,
            same ? "folders of runs and of sweeps don't fit into one report"
                : "sweeps over different paths don't fit into one report",
            "make a report of each");
        return false;
    }

    private static ReportData OfRun(RunFacts run, List<ReportProblem> problems)
    {
        MetricTable table = new(1);
        table.SetRun(0, run);
        foreach (RunStatistic item in run.Statistics.Where(s => !LatencyDistribution.IsBin(s)))
        {
            table.Set(0, item.Name, item.Unit, item.Description, item.Value);
        }

        return Make(run, [run], [PointOf(run, 0, [])], [], table, problems) with { IsSweep = false };
    }

    private static ReportData OfRuns(List<RunFacts> runs, List<ReportProblem> problems)
    {
        (IReadOnlyList<string> paths, IReadOnlyList<string[]> values) = JobDifference.Of(runs);
        MetricTable table = new(runs.Count);
        for (int i = 0; i < runs.Count; i++)
        {
            table.SetRun(i, runs[i]);
            foreach (RunStatistic item in runs[i].Statistics.Where(s => !LatencyDistribution.IsBin(s)))
            {
                table.Set(i, item.Name, item.Unit, item.Description, item.Value);
            }
        }

        List<ReportPoint> points = [];
        foreach ((RunFacts run, string[] value) in runs.Zip(values))
        {
            points.Add(PointOf(run, points.Count(p => p.Values.SequenceEqual(value)), value));
        }

        return Make(ExampleOf(runs), runs, points, paths, table, problems);
    }

    private static ReportData OfSweeps(List<SweepReading> sweeps, List<ReportProblem> problems)
    {
        List<ReportPoint> points = [];
        MetricTable table = new(sweeps.Sum(s => s.Points.Count));
        foreach (SweepReading sweep in sweeps)
        {
            sweep.Fill(table, points.Count);
            points.AddRange(sweeps.Count == 1 ? sweep.Points
                : sweep.Points.Select(p => p with { Values = [.. p.Values, sweep.Name] }));
        }

        List<RunFacts> runs = [.. sweeps.SelectMany(s => s.Runs)];
        IReadOnlyList<string> paths =
            sweeps.Count == 1 ? sweeps[0].Paths : [.. sweeps[0].Paths, JobDifference.ByFolder];
        JsonObject? head = sweeps[0].Head;
        ReportData data = Make(ExampleOf(runs), runs, points, paths, table, problems);
        return data with
        {
            Title = JsonText.Text(head?["name"]) ?? (data.Title.Length > 0 ? data.Title : sweeps[0].Name),
            Given = sweeps[0].Given,
            Command = string.Join('\n', sweeps.Select(s => s.Command)),
            CommandFolder = JsonText.Text(head?["workingFolder"]) ?? "",
        };
    }

    private static RunFacts ExampleOf(List<RunFacts> runs) =>
        runs.Find(r => r.IsWell) ?? runs.Find(r => r.Job is not null)
            ?? (runs.Count > 0 ? runs[0] : new RunFacts { Folder = "" });

    private static ReportPoint PointOf(RunFacts run, int repeat, string[] values) => new(
        JobDifference.NameOf(run.Folder),
        repeat.ToString(CultureInfo.InvariantCulture),
        JsonText.Text(run.Result?["seed"]) ?? JsonText.Text(run.Job?["seed"]) ?? "",
        values, run.IsWell ? "ok" : run.Status, run.Reason, run.Folder);

    private static ReportData Make(
        RunFacts example, IReadOnlyList<RunFacts> runs, IReadOnlyList<ReportPoint> points,
        IReadOnlyList<string> paths, MetricTable table, List<ReportProblem> problems) => new()
        {
            Title = JsonText.Text(example.Job?["name"]) ?? JsonText.Text(example.Result?["name"])
            ?? JobDifference.NameOf(example.Folder),
            IsSweep = true,
            Paths = paths,
            Points = points,
            Metrics = table.Metrics,
            Problems = problems,
            Example = example,
            Latencies = [.. runs.Select(r => LatencyDistribution.Of(r.Statistics))],
            Exact = Notes(runs, "exact"),
            Estimates = Notes(runs, "estimates"),
            Warnings = Notes(runs, "warnings"),
            Command = CommandOf(example.Environment),
            CommandFolder = JsonText.Text(example.Environment?["workingFolder"]) ?? "",
            Tool = ToolOf(example.Environment),
            Given = "",
        };

    /// <summary>In the order of first use; a note that not all runs have says of how many it is.
    /// </summary>
    private static List<string> Notes(IReadOnlyList<RunFacts> runs, string key)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        List<string> notes = [];
        int ended = 0;
        foreach (RunFacts run in runs.Where(r => r.Result is not null))
        {
            ended++;
            foreach (string note in JsonText.Texts(run.Result![key]))
            {
                if (counts.TryAdd(note, 0))
                {
                    notes.Add(note);
                }

                counts[note]++;
            }
        }

        // Notes that differ by run in their figures are told of once.
        return
        [
            .. notes.Where(n => counts[n] == ended),
            .. notes.Where(n => counts[n] < ended).GroupBy(n => n[..Math.Max(0, n.IndexOfAny(s_digits))])
                .SelectMany(g => g.Key.Length > 0 && g.Count() > 2
                    ? [$"{g.First()} (so 1 of {ended} runs; {g.Count() - 1} others likewise, with other figures)"]
                    : g.Select(n => $"{n} ({counts[n]} of {ended} runs)")),
        ];
    }

    private static string CommandOf(JsonObject? environment)
    {
        IReadOnlyList<string> words = JsonText.Texts(environment?["commandLine"]);
        return words.Count == 0 ? "" : ShellText.Join(["dilaton", .. words.Skip(1)]);
    }

    private static string ToolOf(JsonObject? environment)
    {
        string? version = JsonText.Text(environment?["dilaton"]);
        string commit = JsonText.Text(environment?["commit"]) ?? "unknown";
        return version is null ? "" : commit == "unknown" ? version
            : $"{version} ({commit[..Math.Min(12, commit.Length)]})";
    }
}
