using System.Globalization;
using Dilaton.Tests.Integration.Gem5;
using Dilaton.Tests.Integration.Sst;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>docs/three-machines.md: the same program through Dilaton's caches, SST's and gem5's.
/// </summary>
public sealed class ThreeMachinesTests
{
    private const int Steps = 16384;
    private const int Regions = 4;

    // What is not a step of the program, in a region: some accesses of the marks.
    private const long OtherCyclesMax = 700;

    private static readonly string s_folder =
        Path.Combine(Paths.Root, "docs", "examples", "three-machines");

    private static readonly Lazy<string> s_program = new(Build);

    /// <summary>Instructions of a step, in each region.</summary>
    private static readonly int[] s_instructions = [3, 3, 3, 5];

    [Fact]
    public void OurTimeOfAnAccess_IsWhatTheParametersSay()
    {
        const int L1 = 4, L2 = 12, Memory = 120;
        TakesPerAccess(Launch("ours"), [L1, L2, L2 + Memory, L2 + Memory]);
    }

    [SstFact]
    public void SstsTimeOfAnAccess_IsWhatTheParametersSay()
    {
        // A link, the wait for the next edge of a clock, and what a cache takes for its tags or data.
        const int Link = 1, Edge = 1, L1 = 4, L2 = 12, L2Fill = 3, Memory = 120;

        // The memory's clock is 1 GHz; it takes one request a cycle, so that the read waits for a
        // write that comes with it.
        const int MemoryEdge = 1, MemoryCycle = 2;
        const int Hit = Link + Edge + L1 + Link;
        const int L2Hit = Link + Edge + L1 + Link + Edge + L2 + Hit;
        const int Miss = Link + Edge + L1 + Link + Edge + L2
            + Link + MemoryEdge + Memory + Link + Edge + L2Fill + Hit;
        TakesPerAccess(Launch("sst"), [Hit, L2Hit, Miss, Miss + MemoryCycle]);
    }

    [Gem5Fact]
    public void Gem5sTimeOfAnAccess_IsWhatTheParametersSay()
    {
        const int L1 = 4, L2 = 12, Fill = 1, Memory = 120;
        const int L2Bus = 1, L2BusBack = 1, Bus = 3 + 4, SnoopFilter = 1, BusBack = 2;
        const int L2Hit = L1 + L2Bus + L2 + L2BusBack + Fill;
        const int Miss = L1 + L2Bus + L2 + Bus + SnoopFilter + Memory + BusBack + Fill
            + L2BusBack + Fill;
        TakesPerAccess(Launch("gem5"), [L1, L2Hit, Miss, Miss]);
    }

    [Gem5Fact]
    public void EachRegion_HitsAndMissesInGem5AsInOurCaches()
    {
        Gem5Statistics[] ours = Ours(Launch("ours"));
        Gem5Statistics[] gem5 = [.. Gem5Statistics.Of(Launch("gem5")).Blocks];
        for (int region = 0; region < Regions; region++)
        {
            string name = $"region {region}";
            foreach ((string our, string its) in new[] { ("l1d", "l1dcaches"), ("l2", "l2cache") })
            {
                gem5[region].Hits(its).ShouldBe(Hits(ours[region], our), $"{name} {our}");
                gem5[region].Misses(its).ShouldBe(Misses(ours[region], our), $"{name} {our}");
            }
        }

        MissesAreWhereTheyShouldBe(ours);
    }

    [SstFact]
    public void EachRegion_HitsAndMissesInSstAsInOurCaches()
    {
        Gem5Statistics[] ours = Ours(Launch("ours"));
        string sst = Launch("sst").Files[SstJob.Statistics];
        for (int region = 0; region < Regions; region++)
        {
            foreach ((string our, string its) in new[] { ("l1d", "l1"), ("l2", "l2") })
            {
                string name = $"region {region} {our}";
                Between(sst, its, "CacheHits", region).ShouldBe(Hits(ours[region], our), name);
                Between(sst, its, "CacheMisses", region)
                    .ShouldBe(Misses(ours[region], our), name);
            }
        }
    }

    private static void MissesAreWhereTheyShouldBe(Gem5Statistics[] ours)
    {
        (ulong L1, ulong L2)[] expected = [(0, 0), (Steps, 0), (Steps, Steps), (Steps, Steps)];
        for (int region = 0; region < Regions; region++)
        {
            // The program's stack and the mark's one variable come besides.
            Misses(ours[region], "l1d")
                .ShouldBeInRange(expected[region].L1, expected[region].L1 + 4);
            Misses(ours[region], "l2")
                .ShouldBeInRange(expected[region].L2, expected[region].L2 + 4);
        }
    }

    private static void TakesPerAccess(Run run, int[] cycles)
    {
        Gem5Statistics[] blocks = Ours(run);
        for (int region = 0; region < Regions; region++)
        {
            long all = (long)blocks[region].Sum("node0.vcpu0.numCycles", "");
            long steps = (long)Steps * (s_instructions[region] + cycles[region] - 1);
            (all - steps).ShouldBeInRange(0, OtherCyclesMax, $"region {region}");
        }
    }

    private static Gem5Statistics[] Ours(Run run) => [.. Gem5Statistics.Ours(run).Blocks];

    private static ulong Hits(Gem5Statistics ours, string cache) =>
        ours.Sum($"node0.caches.vcpu0.{cache}.overallHits", "");

    private static ulong Misses(Gem5Statistics ours, string cache) =>
        ours.Sum($"node0.caches.vcpu0.{cache}.overallMisses", "");

    /// <summary>SST counts on: rows for the beginning and the end of each region.</summary>
    private static ulong Between(string statistics, string cache, string name, int region)
    {
        ulong[] rows =
        [
            .. statistics.Split('\n').Select(line => line.Split(','))
                .Where(cells => cells.Length > 6 && cells[0] == cache && cells[1] == name)
                .Select(cells => ulong.Parse(cells[6], CultureInfo.InvariantCulture)),
        ];
        rows.Length.ShouldBe(2 * Regions + 1);
        return rows[2 * region + 1] - rows[2 * region];
    }

    /// <summary>Built as the program says itself. Not below /tmp, which a guest has of its own.
    /// </summary>
    private static string Build()
    {
        string program = Path.Combine(
            Directory.CreateDirectory(Path.Combine(Paths.Root, "artifacts", "guests")).FullName,
            "three-machines-chase");
        CommandResult compiler = Command.Run("gcc",
            ["-O2", "-nostdlib", "-static", "-o", program, Path.Combine(s_folder, "chase.c")]);
        compiler.ExitCode.ShouldBe(0, compiler.Error);
        return program;
    }

    private static Run Launch(string machine)
    {
        Run run = Run.Job(File.ReadAllText(Path.Combine(s_folder, machine + ".yaml"))
            .Replace("artifacts/chase", s_program.Value, StringComparison.Ordinal)
            .Replace("docs/examples/three-machines", s_folder, StringComparison.Ordinal));
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }
}
