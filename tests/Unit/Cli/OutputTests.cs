using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class OutputTests
{
    private static readonly List<StatisticsDump> s_dumps =
    [
        new(1_500, [
            new Statistic("node0.simTicks", 1_500, 1, "Tick", "virtual time"),
            new Statistic("node0.vcpu0.cpi", 3, 2, "Ratio", "cycles / instructions"),
            new Statistic("node0.l1d.rate", 0, 0, "Ratio", "never used"),
        ]),
    ];

    [Fact]
    public void StatisticsText_HasTheShapeOfGem5() => StatisticsWriter.Text(s_dumps).ShouldBe(
        "\n---------- Begin Simulation Statistics ----------\n"
        + "node0.simTicks                                             1500"
        + "                       # virtual time (Tick)\n"
        + "node0.vcpu0.cpi                                             1.5"
        + "                       # cycles / instructions (Ratio)\n"
        + "node0.l1d.rate                                              nan"
        + "                       # never used (Ratio)\n"
        + "\n---------- End Simulation Statistics   ----------\n");

    [Fact]
    public void StatisticsText_ShowsADistributionAsGem5Does()
    {
        StatisticsList list = new();
        LatencyHistogram histogram = new();
        foreach (ulong value in new ulong[] { 5, 5, 100, 1_000_000 })
        {
            histogram.Add(value);
        }

        histogram.Collect(list, "n.latency", "requests");

        StatisticsWriter.Text([new(1, [.. list.Items])]).ShouldContain(
            "n.latency::samples                                            4"
            + "                       # requests counted (Count)\n"
            + "n.latency::min                                                5"
            + "                       # shortest (Tick)\n"
            + "n.latency::max                                          1000000"
            + "                       # longest (Tick)\n"
            + "n.latency::mean                                        250027.5"
            + "                       # mean (Tick)\n"
            + "n.latency::5                                                  2"
            + "     50.00%     50.00% # requests of so many ps (Count)\n"
            + "n.latency::100-103                                            1"
            + "     25.00%     75.00% # requests of so many ps (Count)\n"
            + "n.latency::983040-1015807                                     1"
            + "     25.00%    100.00% # requests of so many ps (Count)\n");
    }

    [Fact]
    public void StatisticsCsv_HasTheColumnsOfSst() => StatisticsWriter.Csv(s_dumps).ShouldBe(
        "ComponentName, StatisticName, StatisticSubId, StatisticType, SimTime, Rank, "
        + "Sum.u64, Count.u64\n"
        + "node0, simTicks, , Accumulator, 1500, 0, 1500, 1\n"
        + "node0.vcpu0, cpi, , Accumulator, 1500, 0, 3, 2\n"
        + "node0.l1d, rate, , Accumulator, 1500, 0, 0, 0\n");

    [Fact]
    public void StatisticsJson_IsJson()
    {
        System.Text.Json.Nodes.JsonNode root =
            System.Text.Json.Nodes.JsonNode.Parse(StatisticsWriter.Json(s_dumps))!;

        root["dumps"]![0]!["tick"]!.GetValue<int>().ShouldBe(1_500);
        root["dumps"]![0]!["statistics"]![1]!["value"]!.GetValue<double>().ShouldBe(1.5);
        root["dumps"]![0]!["statistics"]![2]!["value"].ShouldBeNull();
    }

    [Fact]
    public void WrittenResult_IsWhatTheSerializerWrites()
    {
        RunRecord run = RunRecord.Of(CliFixture.Good(CliFixture.Minimal), [2]);
        run.Nodes[0].End = new WorkerEnd(
            NodeEndWords.GuestExited,
            new GuestDocument { ExitCode = 3, Signal = 0, Message = "it's \"so\"" },
            0,
            "ab",
            ["frob (9999)"],
            0.5,
            1 << 20);
        HostFigures host = new()
        {
            WallSeconds = 1.5,
            FrontCpuSeconds = 0.25,
            WorkerCpuSeconds = 0.5,
            PeakMemoryBytes = 1 << 20,
            FrontId = 1,
            Nodes = [],
            VirtualSeconds = 0.001,
            Instructions = 1_000,
        };
        ResultDocument result = ResultBuilder.Build(run, RunVerdict.Of(run), host, "/results");

        ResultJson.Write(result).ShouldBe(System.Text.Json.JsonSerializer.Serialize(
            result, ResultJsonContext.Readable.ResultDocument));
    }

    [Fact]
    public void Progress_ComesAtGrowingIntervals()
    {
        ProgressSchedule schedule = new();
        List<int> shown = [];
        for (int tenth = 0; tenth <= 3_000; tenth++)
        {
            if (schedule.IsDue(tenth / 10.0))
            {
                shown.Add(tenth);
            }
        }

        shown.ShouldBe([10, 20, 50, 100, 300, 600, 1_200, 1_800, 2_400, 3_000]);
    }

    [Fact]
    public void ResultFolder_NeverTouchesForeignFiles()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("dilaton-unit-");
        try
        {
            string foreign = Path.Combine(root.FullName, "precious");
            File.WriteAllText(foreign, "data");
            DiagnosticBag bag = new();

            ResultFolder.Create(root.FullName, false, bag).ShouldBeNull();
            bag.Print().ShouldContain("[DL0401]");
            ResultFolder.Create(root.FullName, true, new DiagnosticBag()).ShouldNotBeNull()
                .Write("stats.txt", "old");
            ResultFolder.Create(root.FullName, false, new DiagnosticBag()).ShouldNotBeNull();

            File.Exists(Path.Combine(root.FullName, "stats.txt")).ShouldBeFalse();
            File.ReadAllText(foreign).ShouldBe("data");
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
