using System.Runtime.Versioning;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Who runs the points, how many at once, and in which portions, shows in no result.</summary>
[Trait("Tier", "slow")]
[SupportedOSPlatform("linux")]
public sealed class ExecutorAgreementTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    [SlurmFact("/usr/bin/parallel", "/usr/bin/sqlite3")]
    public void LocalPool_Slurm_AndParallel_GiveTheSameBytes()
    {
        // With repeats, a point that fails, and an early end of a series.
        string job = Sweep.Small.Replace("[1..100 log 4]", "[1, 10]", StringComparison.Ordinal)
            + "  repeat: 3\n  stop: {metric: virtualTime, least: 2}\n";
        using Sweep first = new Sweep(job).Good("-j", "1");
        string results = first.Results, points = first.File("points.csv");
        string database = SweepDatabaseText.Of(first);
        points.ShouldContain("not-needed");
        database.Split('\n').Length.ShouldBeGreaterThan(50);

        cluster.Up();
        foreach (string options in new[]
        {
            "-j 2",
            "--executor parallel -j 1",
            "--executor parallel -j 2",
            "--executor slurm",
            "--executor slurm --points-per-task 3",
        })
        {
            using Sweep sweep = new(first);
            CommandResult run = sweep.RunWith(cluster.Settings, options.Split(' '));
            run.ExitCode.ShouldBe(0, options + run.Error);
            sweep.Results.ShouldBe(results, options);
            sweep.File("points.csv").ShouldBe(points, options);
            SweepDatabaseText.Of(sweep).ShouldBe(database, options);
            Directory.Delete(sweep.Folder, recursive: true);
        }
    }

    [SlurmFact("/usr/bin/parallel", "/usr/bin/sqlite3")]
    public void AFailingPoint_IsTheSameToAll()
    {
        using Sweep first = new(SweepTests.Failing);
        first.Run("-j", "1", "--keep-going").ExitCode.ShouldBe(7);
        string results = first.Results, points = first.File("points.csv");
        string database = SweepDatabaseText.Of(first);
        cluster.Up();
        foreach (string executor in new[] { "local", "parallel", "slurm" })
        {
            using Sweep sweep = new(first);
            CommandResult run = sweep.RunWith(
                cluster.Settings, "--executor", executor, "-j", "2", "--keep-going");
            run.ExitCode.ShouldBe(7, executor + run.Error);
            sweep.Results.ShouldBe(results, executor);
            sweep.File("points.csv").ShouldBe(points, executor);
            SweepDatabaseText.Of(sweep).ShouldBe(database, executor);
            Directory.Delete(sweep.Folder, recursive: true);
        }
    }
}
