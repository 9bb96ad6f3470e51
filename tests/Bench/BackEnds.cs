using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --back-ends`: a cache-friendly and a memory-bound program with each
/// thing that can time its memory, at both levels of events. One run each: processor time of shared
/// machines repeats to some ten percent, and the back ends lie apart by factors.</summary>
internal static class BackEnds
{
    private const string Begin = "<!-- back ends: begin; made by ./test bench --back-ends -->";
    private const string End = "<!-- back ends: end -->";

    private static readonly (string Name, string[] Arguments)[] s_programs =
        [("sha256", ["65536", "4"]), ("chase", ["4194304", "50000"])];

    public static int Run(BenchPaths paths, TextWriter progress)
    {
        var text = new StringBuilder();
        foreach (string line in Machine.Describe(paths))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        text.Append("\n| program, events | back end | virtual ms | requests | MIPS | slowdown "
            + "| CPU s: front and worker | peer |\n");
        text.Append("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach ((string name, string[] arguments) in s_programs)
        {
            foreach (string level in (string[])["filtered", "full"])
            {
                foreach (BackEnd backEnd in BackEnd.All(paths).Where(b => b.IsThere()))
                {
                    progress.WriteLine($"bench: {name}, {level}, {backEnd.Title}");
                    text.Append(Row(paths, name, arguments, level, backEnd));
                }
            }
        }

        Console.WriteLine(text);
        Page.Replace(
            Path.Combine(paths.Root, "docs", "performance.md"), Begin, End, text.ToString());
        return 0;
    }

    private static string Row(
        BenchPaths paths, string name, string[] arguments, string level, BackEnd backEnd)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-bench-").FullName;
        try
        {
            string job = Path.Combine(folder, "job.yaml");
            string results = Path.Combine(folder, "results");
            File.WriteAllText(job, backEnd.Job(paths.Static(name), arguments, level));
            var start = new ProcessStartInfo(paths.Dilaton)
            {
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
            };
            foreach (string word in (string[])["launch", job, "-q", "-o", results])
            {
                start.ArgumentList.Add(word);
            }

            using Process process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? Figures(name, level, backEnd, results)
                : $"| {name}, {level} | {backEnd.Title} | failed: {process.ExitCode} | | | | | |\n";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Figures(string name, string level, BackEnd backEnd, string results)
    {
        JsonNode host = JsonNode.Parse(File.ReadAllText(Path.Combine(results, "host.json")))!;
        JsonNode node = JsonNode.Parse(
            File.ReadAllText(Path.Combine(results, "result.json")))!["nodes"]![0]!;
        double own = Number(host, "frontCpuSeconds") + Number(host, "workerCpuSeconds");
        string peer = host["peerCpuSeconds"] is null
            ? "-"
            : Invariant($"{Number(host, "peerCpuSeconds"):F2}");
        string requests = File.ReadLines(Path.Combine(results, "stats.txt"))
            .First(l => l.Contains(".weave.requests ", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return Invariant($"| {name}, {level} | {backEnd.Title} ")
            + Invariant($"| {node["virtualTimePs"]!.GetValue<ulong>() / 1e9:F3} | {requests} ")
            + Invariant($"| {Number(host, "mips"):F2} | {Number(host, "slowdown"):F0} ")
            + Invariant($"| {own:F2} | {peer} |\n");
    }

    private static double Number(JsonNode node, string key) => node[key]!.GetValue<double>();

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
