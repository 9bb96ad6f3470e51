using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed partial class ReportPageTests : IDisposable
{
    private const int LargeBytesMax = 3_000_000;

    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void VendoredFiles_HaveTheirChecksums()
    {
        string[] sums = PageFile.Read("SHA256SUMS").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        sums.Length.ShouldBe(7);
        foreach (string line in sums)
        {
            string[] parts = line.Split("  ");
            using Stream file = PageFile.Open(parts[1]);
            Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(parts[0], parts[1]);
        }
    }

    [Fact]
    public void SameFolder_GivesTheSameBytes()
    {
        string folder = _folder.Dilation().Folder;

        ReportFolder.Page(folder).ShouldBe(ReportFolder.Page(folder));
    }

    [Fact]
    public void Page_LoadsNothing()
    {
        string page = ReportFolder.Page(_folder.Dilation().Folder);
        string own = page;
        foreach (string name in new[] { "d3.min.js", "plot.umd.min.js", "uPlot.iife.min.js" })
        {
            own.ShouldContain(PageFile.Read(name));
            own = own.Replace(PageFile.Read(name), "", StringComparison.Ordinal);
        }

        Loading().Matches(own).Select(m => m.Value).ShouldBe(["<link rel=\"icon\" href=\"data:"]);
        own.ShouldNotContain("://");
    }

    [Fact]
    public void HostileText_StaysText()
    {
        const string word = "</script><img src=x onerror=alert(1)>'\"&{{scripts}}";
        SweepSample sample = _folder.Sample(word: word).Over("time.tdf", "name");
        sample.Add(0, ["1", "\"</SCRIPT><b>\""], "ok", 1, 0.25, ("</td>", 1, "<i>"));
        sample.Add(0, ["2", "x"], "ok", 1, 0.25, ("</td>", 2, "<i>"));

        string page = ReportFolder.Page(sample.Write().Folder);

        page.ShouldNotContain("<img");
        page.ShouldNotContain("<b>");
        page.ShouldNotContain("<i>");
        Regex.Count(page, "</script", RegexOptions.IgnoreCase).ShouldBe(7);
        page.ShouldContain("&lt;img src=x onerror=alert(1)&gt;");
        page.ShouldContain("&quot;&amp;{{scripts}}");
    }

    [Fact]
    public void ReaderOfThePageAlone_LearnsWhatWasEmulatedOnWhatAndHowToRunItAgain()
    {
        string page = ReportFolder.Page(_folder.Dilation().Folder);

        foreach (string text in new[]
        {
            "<dt>Nodes<dd>1 node (node0), 1 core in all", "1 core at 2GHz, inorder, CPI 1", "DRAM 80ns, 25.6GB/s",
            "<dt>Time<dd>executed, TDF 1", "<dt>Host<dd>a CPU, 2 CPUs, Debian", "<dt>Dilaton<dd>0.1.0 (0123456789ab)",
            "<dt>Seeds<dd>1, 2, 3", "<dt>Exact<dd>Instructions", "<dt>Estimate<dd>CPI", "dilaton sweep job.yaml time.tdf=1,2",
            "<dt>Swept<dd>time.tdf = 1, 2, 4, 8, 16, 32", "&quot;apiVersion&quot;: &quot;dilaton/v1&quot;",
        })
        {
            page.ShouldContain(text);
        }
    }

    [Fact]
    public void Words_SayWhatLimitedTheRunAndBoundWhatAChangeSaves()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        sample.Add(0, ["1"], "ok", 4, 0.8);

        IReadOnlyList<string> words = ReportFolder.Model(sample.Write().Folder).Words;

        // Of 4000 cycles 600 executed, 2400 stall, 400 kernel, 600 waiting.
        words[0].ShouldContain("node0.vcpu0: executed 15.0 %, stall 60.0 %, kernel 10.0 %, waiting 15.0 %.");
        words[1].ShouldStartWith("Limited by memory (stall)");
        words[1].ShouldContain("Halving that would save at most 30.0 % of the virtual time, doing without it at most 60.0 %");
        words.ShouldContain(w => w.StartsWith("Host time is limited by the workers")
            && w.Contains("at most 37.5 % of the processor time"));
    }

    [Fact]
    public void LargeSweep_StaysUnderThreeMegabytes()
    {
        string page = ReportFolder.Page(SweepSample.Large(Path.Combine(_folder.Root, "large")).Folder);

        System.Text.Encoding.UTF8.GetByteCount(page).ShouldBeLessThan(LargeBytesMax);
        Regex.Count(page, "<tr><td><a href").ShouldBe(1000);
    }

    [Fact]
    public void ManyMetrics_AreNamedRatherThanGrowThePage()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        for (int tdf = 1; tdf <= 100; tdf++)
        {
            sample.Add(0, [$"{tdf}"], "ok", 1, 0.25,
                [.. Enumerable.Range(0, 1000).Select(m => ($"metric{m}", Math.Sqrt(tdf + (m * 0.001)), ""))]);
        }

        string page = ReportFolder.Page(sample.Write().Folder);

        System.Text.Encoding.UTF8.GetByteCount(page).ShouldBeLessThan(LargeBytesMax);
        page.ShouldContain("\"omitted\":[\"metric");
    }

    [Fact]
    public void Markdown_HasTheTables()
    {
        string text = MarkdownWriter.Write(ReportFolder.Model(_folder.Dilation().Folder));

        text.ShouldStartWith("# sample\n\n**18 of 18 points ended well.**\n");
        text.ShouldContain("| rate |  | 1.0000");
        text.ShouldContain("| point | time.tdf | repeat | rate (MB/s) |");
        text.ShouldContain("| 000000000011 | 32 | 2 | 32.0320 |");
    }

    [Fact]
    public void Timeline_IsThePiecesBetweenTheGuestsOwnDumps()
    {
        static RunDump Dump(double begin, double end, double executed, double stall) => new(end, [
            new RunStatistic("n.simTicks", end - begin, "Tick", ""), new RunStatistic("n.finalTick", end, "Tick", ""),
            new RunStatistic("n.vcpu0.numCycles", executed + stall, "Cycle", ""),
            new RunStatistic("n.vcpu0.cycles.executed", executed, "Cycle", ""),
            new RunStatistic("n.vcpu0.cycles.stall", stall, "Cycle", ""),
        ]);

        // Two dumps without a reset, then one after it.
        IReadOnlyList<TimeSegment> segments = RunTimeline.Of(new RunFacts
        {
            Folder = "",
            Dumps = [Dump(0, 100, 75, 25), Dump(0, 300, 125, 175), Dump(400, 500, 10, 90)],
        });

        segments.Select(s => (s.Begin, s.End, s.Share.Executed, s.Share.Stall)).ShouldBe(
            [(0, 100, 0.75, 0.25), (100, 300, 0.25, 0.75), (400, 500, 0.1, 0.9)]);
    }

    [Fact]
    public void BusyLink_IsWhatANetworkRunWaitsFor()
    {
        RunFacts run = new()
        {
            Folder = "",
            Result = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(
                """{"nodes": [{"virtualTimePs": 1000}]}""")!,
            Dumps =
            [
                new RunDump(1000, [
                    new RunStatistic("n.simTicks", 1000, "Tick", ""), new RunStatistic("n.vcpu0.numCycles", 10, "Cycle", ""),
                    new RunStatistic("n.vcpu0.cycles.executed", 1, "Cycle", ""),
                    new RunStatistic("n.vcpu0.cycles.waiting", 9, "Cycle", ""),
                    new RunStatistic("network.node0.up.busyTime", 800, "Tick", ""),
                    new RunStatistic("network.node1.up.busyTime", 10, "Tick", ""),
                ]),
            ],
        };

        IReadOnlyList<string> words = RunWords.Of(run, [], HostTrack.Of([]));

        words.ShouldContain(w => w.StartsWith("Limited by waiting"));
        words.ShouldContain("On the network: the busiest link, node0.up, transmits 80.0 % of the time. What waits for the "
            + "network waits for it: twice its bandwidth would save at most 40.0 %.");
    }

    [Fact]
    public void ResetStatistics_AreToldApartFromTheRun()
    {
        RunFacts run = new()
        {
            Folder = "",
            Dumps =
            [
                new RunDump(1000, [
                    new RunStatistic("n.simTicks", 200, "Tick", ""), new RunStatistic("n.finalTick", 1000, "Tick", ""),
                    new RunStatistic("n.vcpu0.numCycles", 10, "Cycle", ""),
                    new RunStatistic("n.vcpu0.cycles.executed", 10, "Cycle", ""),
                ]),
            ],
        };

        RunWords.Of(run, [], HostTrack.Of([]))[0].ShouldStartWith(
            "In virtual time the run took 1 ns. The guest reset its statistics: what follows is of the last 200 ps.");
    }

    [Theory]
    [InlineData(0.3333, "33.3 %")]
    [InlineData(0.0002111, "0.021 %")]
    [InlineData(0, "0.0 %")]
    public void Shares_AreReadable(double share, string text) => NumberText.Percent(share).ShouldBe(text);

    [GeneratedRegex("(src|href|action)=[\"']?([a-z]+:)?(//|data:)|<link [^>]*href=\"data:|@import|url\\(")]
    private static partial Regex Loading();
}
