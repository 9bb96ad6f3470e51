using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --slack`: what slack gains in host time and costs in accuracy, for jobs that
/// do little but talk. All settings in turn, several times; medians.</summary>
internal static class SlackCurve
{
    private const string Begin = "<!-- slack: begin; made by ./test bench --slack -->";
    private const string End = "<!-- slack: end -->";
    private const int Turns = 5;

    public static int Run(BenchPaths paths, TextWriter progress)
    {
        var text = new StringBuilder();
        foreach (string line in Machine.Describe(paths))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        text.Append("\n| job | S | rounds | late frames | latest, us | CPU s | of strict "
            + "| program's time, us | error | end of the run, us | error |\n");
        text.Append("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (SlackJob job in SlackJob.All(paths))
        {
            List<SlackSample>[] samples = [.. SlackJob.Factors.Select(_ => new List<SlackSample>())];
            for (int turn = 0; turn < Turns; turn++)
            {
                for (int i = 0; i < samples.Length; i++)
                {
                    progress.WriteLine(Invariant(
                        $"bench: {job.Name}, {SlackJob.Factors[i].Title}, turn {turn + 1}"));
                    samples[i].Add(Measure(paths, job, SlackJob.Factors[i].Times));
                }
            }

            Rows(text, job, samples);
        }

        Console.WriteLine(text);
        Page.Replace(
            Path.Combine(paths.Root, "docs", "performance.md"), Begin, End, text.ToString());
        return 0;
    }

    private static void Rows(StringBuilder text, SlackJob job, List<SlackSample>[] samples)
    {
        double strictCpu = Median(samples[0]);
        SlackSample strict = samples[0][0];
        for (int i = 0; i < samples.Length; i++)
        {
            SlackSample s = samples[i][0];
            text.Append(Invariant($"| {job.Name} | {SlackJob.Factors[i].Title} | {s.Rounds} "));
            text.Append(Invariant($"| {s.LateShare:P1} | {s.LatestPs / 1e6:F1} "));
            text.Append(Invariant($"| {Median(samples[i]):F2} "));
            text.Append(Invariant($"| {Median(samples[i]) / strictCpu:F2} "));
            text.Append(Invariant($"| {s.CompletionNs / 1e3:F1} "));
            text.Append(Invariant($"| {Error(s.CompletionNs, strict.CompletionNs)} "));
            text.Append(Invariant($"| {s.EndPs / 1e6:F1} | {Error(s.EndPs, strict.EndPs)} |\n"));
        }
    }

    private static string Error(double value, double strict) =>
        Invariant($"{(value - strict) / strict:P2}");

    private static double Median(List<SlackSample> samples) =>
        Figures.Median(samples.Select(s => s.CpuSeconds));

    private static SlackSample Measure(BenchPaths paths, SlackJob job, int? times)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-bench-").FullName;
        try
        {
            string file = Path.Combine(folder, "job.yaml");
            string results = Path.Combine(folder, "results");
            File.WriteAllText(file, job.Text(times));
            using Process process = Process.Start(
                new ProcessStartInfo(paths.Dilaton, ["launch", file, "-q", "-o", results])
                {
                    WorkingDirectory = folder,
                })!;
            process.WaitForExit();
            return process.ExitCode == 0
                ? Read(job, results)
                : throw new InvalidDataException($"{job.Name} ended with {process.ExitCode}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SlackSample Read(SlackJob job, string results)
    {
        string host = File.ReadAllText(Path.Combine(results, "host.json"));
        string[] statistics = File.ReadAllLines(Path.Combine(results, "stats.txt"));
        double Of(string name) => double.Parse(
            statistics.Single(l => l.StartsWith($"network.sync.{name} ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
        return new SlackSample(
            JsonNode.Parse(host)!["cpuSeconds"]!.GetValue<double>(),
            Of("rounds"),
            Of("frames.late") / Of("frames.delivered"),
            Of("lateness.max"),
            job.Completion(File.ReadAllText(
                Path.Combine(results, "procs", job.Teller, "stdout.txt"))),
            JsonNode.Parse(File.ReadAllText(Path.Combine(results, "result.json")))!["nodes"]!
                .AsArray().Max(node => node!["virtualTimePs"]!.GetValue<ulong>()));
    }

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
