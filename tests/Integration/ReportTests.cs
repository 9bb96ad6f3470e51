using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`dilaton report` as a user has it, and its page in Debian's Chromium.</summary>
public sealed partial class ReportTests
{
    private const string Chromium = "/usr/bin/chromium";

    [Fact]
    public void Run_HasAReport()
    {
        using TempFolder folder = new();
        string results = folder.File("tdout");
        Command.Run(Paths.Dilaton, ["run", "-q", "-o", results, "--", "/bin/true"]).ExitCode.ShouldBe(0);

        CommandResult report = Command.Run(Paths.Dilaton, ["report", results]);

        report.ExitCode.ShouldBe(0, report.Error);
        report.Output.ShouldStartWith("ok: the guest exited with code 0. Report: ");
        string page = File.ReadAllText(Path.Combine(results, "report.html"));
        page.ShouldContain("<dt>Guest<dd>/bin/true");
        page.ShouldContain("Limited by ");
        page.ShouldContain("<tr><td>node0.vcpu0.numCycles<td");
        Command.Run(Paths.Dilaton, ["run", "-q", "-o", results, "--", "/bin/true"]).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(results, "report.html")).ShouldBeFalse("a report of another run");
    }

    [Fact]
    public void RunWithAProfile_HasItsFunctionsLinesAndAllocationsOnTheReport()
    {
        using TempFolder folder = new();
        string results = Profiled(folder);

        CommandResult report = Command.Run(Paths.Dilaton, ["report", results]);

        report.ExitCode.ShouldBe(0, report.Error);
        report.Error.ShouldNotContain("warning");
        string page = File.ReadAllText(Path.Combine(results, "report.html"));
        string text = Utf8(Command.Run(Paths.Dilaton, ["report", "--md", results]).Output);
        JsonNode profile = JsonNode.Parse(File.ReadAllText(Path.Combine(results, "procs", "node0", "profile.json")))!;
        JsonNode walk = profile["functions"]!.AsArray().Single(f => f!["function"]!.GetValue<string>() == "walk")!;
        string cycles = walk["values"]![1]!.GetValue<decimal>().ToString("#,0", CultureInfo.InvariantCulture);
        page.ShouldContain($"<tr><td>walk<td>where<td class=n>{cycles}<td");
        text.ShouldContain($"| walk | where | {cycles} |");

        // Nearly all of it is what walk misses of what grow allocated.
        page.ShouldContain("<p>node0 is bound by memory latency");
        page.ShouldMatch("<p>These cycles \\(memory[^)]*\\) by function: (9[0-9]|100)\\.[0-9] % in walk \\(where\\)");
        page.ShouldMatch("<p>By line: [0-9.]+ % at where\\.c:[0-9]+ \\(walk\\)");
        page.ShouldMatch("<p>By what was missed: 9[0-9]\\.[0-9] % allocated at where\\.c:[0-9]+ \\(grow, once");
    }

    [RequiresFact(Chromium)]
    public void Profile_IsDrawnWithoutAnError()
    {
        using TempFolder folder = new();

        string dom = Dom(folder, Profiled(folder));

        // The stack of all, functions, lines, memory.
        string section = dom[dom.IndexOf("id=\"profile\"", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("</section>", StringComparison.Ordinal)];
        Regex.Count(section, "<svg").ShouldBe(4);
        Regex.Count(section, "aria-label=\"bar\"").ShouldBe(4);
        section.ShouldContain("Functions with the most cycles");
        section.ShouldContain("<option value=\"memory\">memory</option>");
        section.ShouldContain(">walk</text>");
    }

    [Fact]
    public void Sweep_HasAReportThatKnowsItsCommand()
    {
        using TempFolder folder = new();
        string sweep = folder.File("tdsweep");
        string job = folder.Write("job.yaml", """
            apiVersion: dilaton/v1
            name: dilated
            nodes:
              - cores: {rates: physical}
                memory: {dram: {rates: physical}}
                guest: {program: {path: /bin/true, env: {LANG: C}}}
            kernel: {mode: ideal}
            """);
        CommandResult swept = Command.Run(
            Paths.Dilaton, ["sweep", "-q", job, "time.tdf=1,2,4,8,16,32", "-o", sweep]);
        swept.ExitCode.ShouldBe(0, swept.Error);

        CommandResult report = Command.Run(Paths.Dilaton, ["report", sweep]);

        report.Output.ShouldStartWith("6 of 6 points ended well. Report: ");
        string page = File.ReadAllText(Path.Combine(sweep, "report.html"));
        page.ShouldContain("<dt>Swept<dd>time.tdf = 1, 2, 4, 8, 16, 32");
        page.ShouldContain($"dilaton sweep -q {job} time.tdf=1,2,4,8,16,32");
        // Law 5: all of it is physical, so time goes with the TDF to the power of -1.
        Match slope = Slope().Match(page);
        double.Parse(slope.Groups["slope"].Value, CultureInfo.InvariantCulture).ShouldBe(-1, 0.001);
        double.Parse(slope.Groups["half"].Value, CultureInfo.InvariantCulture).ShouldBeLessThan(0.001);
    }

    [Fact]
    public void MemorySweep_HasTheLawOfItsMemoryOnTheReport()
    {
        using TempFolder folder = new();
        string sweep = folder.File("tdsweep");
        CommandResult swept = Command.Run(
            Paths.Dilaton, ["sweep", "-q", "docs/examples/sweep-memory.yaml", "-o", sweep],
            new() { Folder = Paths.Root });
        swept.ExitCode.ShouldBe(0, swept.Error);

        string report = Utf8(Command.Run(Paths.Dilaton, ["report", "--md", sweep]).Output);

        // All that a request meets is physical; of the program's time only a part.
        Match latency = FitOf("node0.weave.latency").Match(report);
        double.Parse(latency.Groups["slope"].Value, CultureInfo.InvariantCulture).ShouldBe(-1, 0.01);
        double.Parse(latency.Groups["half"].Value, CultureInfo.InvariantCulture).ShouldBeLessThan(0.01);
        Match time = FitOf("virtualTime").Match(report);
        double.Parse(time.Groups["slope"].Value, CultureInfo.InvariantCulture).ShouldBeInRange(-0.5, -0.02);
        report.ShouldContain("Limited by memory (stall)");
        report.ShouldContain("## Timeline of node0");
        report.ShouldContain("| memory requests | tdf=100 | ");
    }

    [Fact]
    public void Baseline_DecidesTheExitCode()
    {
        using TempFolder folder = new();
        string before = Dilation(folder.File("before"), 1).Folder;
        string now = Dilation(folder.File("now"), 1.01).Folder;

        CommandResult same = Command.Run(Paths.Dilaton, ["report", "--md", before, "--baseline", before]);
        CommandResult other = Command.Run(Paths.Dilaton, ["report", "--md", now, "--baseline", before]);
        CommandResult near = Command.Run(
            Paths.Dilaton, ["report", "--md", now, "--baseline", before, "--tolerance", "2%"]);

        same.ExitCode.ShouldBe(0, same.Error);
        other.ExitCode.ShouldBe(3);
        other.Output.ShouldContain("| time.tdf=1, repeat 0 | rate | 1000000 | 1010000 | +1.0 % |");
        near.ExitCode.ShouldBe(0, near.Error);
    }

    [Theory]
    [InlineData("2", "'2' is no percentage")]
    [InlineData("-1%", "'-1%' is no percentage")]
    public void BadTolerance_IsRefused(string tolerance, string words)
    {
        using TempFolder folder = new();
        string sweep = Dilation(folder.File("s"), 1).Folder;

        CommandResult report = Command.Run(
            Paths.Dilaton, ["report", sweep, "--baseline", sweep, $"--tolerance={tolerance}"]);

        report.ExitCode.ShouldBe(2);
        report.Error.ShouldContain(words);
    }

    [Fact]
    public void FolderWithoutResults_IsRefused()
    {
        using TempFolder folder = new();

        CommandResult report = Command.Run(Paths.Dilaton, ["report", folder.Path]);

        report.ExitCode.ShouldBe(2);
        report.Error.ShouldContain("holds no results");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [RequiresFact(Chromium)]
    public void Page_DrawsItsChartsWithoutAnError()
    {
        using TempFolder folder = new();
        SweepSample sample = new SweepSample(folder.File("s")).Over("time.tdf", "network.link.bandwidth");
        foreach (int tdf in new[] { 1, 2, 4, 8 })
        {
            foreach (int rate in new[] { 1, 10, 40 })
            {
                for (int repeat = 0; repeat < 2; repeat++)
                {
                    sample.Add(repeat, [$"{tdf}", $"{rate}Gbps"], "ok", rate, 0.2, ("goodput", tdf * rate * (1e6 + repeat), "B/s"));
                }
            }
        }

        string dom = Dom(folder, sample.Write().Folder);

        // Headline, heat map, error against cost, shares, latencies.
        Regex.Count(dom, "<svg").ShouldBe(5);
        Regex.Count(dom, "aria-label=\"dot\"").ShouldBe(2);
        CellsOf(dom).ShouldBe(12);
        dom.ShouldContain("goodput goes with TDF to the power of 1.0000");
        dom.ShouldContain("24 of 24 rows");
        // Of the twelve points each has its curve; of the example its node's timeline and the host's.
        string latencies = dom[dom.IndexOf("id=\"cdf-0\"", StringComparison.Ordinal)..];
        latencies = latencies[..latencies.IndexOf("</figure>", StringComparison.Ordinal)];
        Regex.Count(latencies, "aria-label=\"line\"").ShouldBe(12);
        string timeline = dom[dom.IndexOf("id=\"timeline-chart\"", StringComparison.Ordinal)..];
        Regex.Count(timeline[..timeline.IndexOf("id=\"latencies\"", StringComparison.Ordinal)], "<canvas").ShouldBe(2);
        dom.ShouldContain("node0 waits for sst0 (right)");
    }

    [RequiresFact(Chromium)]
    public void LargePage_IsDrawnToo()
    {
        using TempFolder folder = new();

        string dom = Dom(folder, SweepSample.Large(folder.File("s")).Folder);

        dom.ShouldContain("1,000 of 1,000 rows");
        CellsOf(dom).ShouldBe(100);
    }

    /// <returns>The folder of a run that walks over what it allocated.</returns>
    private static string Profiled(TempFolder folder)
    {
        string results = folder.File("tdout");
        CommandResult run = Command.Run(
            Paths.Dilaton,
            ["run", "-q", "-o", results, "--profile", "data", "--", Paths.Guest("where"), "33554432", "5000"]);
        run.ExitCode.ShouldBe(0, run.Error);
        return results;
    }

    private static SweepSample Dilation(string folder, double scale)
    {
        SweepSample sample = new SweepSample(folder).Over("time.tdf");
        foreach (int tdf in new[] { 1, 2, 4 })
        {
            sample.Add(0, [$"{tdf}"], "ok", 1, 0.25, ("rate", tdf * scale * 1e6, "B/s"));
        }

        return sample.Write();
    }

    /// <returns>The page after its script has run, which had no error to tell of.</returns>
    private static string Dom(TempFolder folder, string sweep)
    {
        Command.Run(Paths.Dilaton, ["report", sweep]).ExitCode.ShouldBe(0);
        CommandResult browser = Command.Run(Chromium,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            $"--user-data-dir={folder.File("profile")}", "--window-size=1400,900", "--virtual-time-budget=10000",
            "--dump-dom", $"file://{sweep}/report.html",
        ]);
        browser.ExitCode.ShouldBe(0, browser.Error);
        browser.Error.ShouldNotContain("CONSOLE");
        string dom = Utf8(browser.Output);
        dom.ShouldContain("data-ready=\"yes\"");
        return dom;
    }

    private static string Utf8(string output) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(output));

    private static int CellsOf(string dom)
    {
        string cells = dom[dom.IndexOf("aria-label=\"cell\"", StringComparison.Ordinal)..];
        return Regex.Count(cells[..cells.IndexOf("</g>", StringComparison.Ordinal)], "<rect");
    }

    private static Regex FitOf(string metric) =>
        new($@"\| {Regex.Escape(metric)} \|  \| (?<slope>-[0-9.]+) ± (under )?(?<half>[0-9.]+) \| -1 \|");

    [GeneratedRegex("virtualTime<td><td class=n>(?<slope>-[0-9.]+) ± (under )?(?<half>[0-9.]+)")]
    private static partial Regex Slope();
}
