using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

public sealed class SweepTests
{
    [Fact]
    public void Sweep_RunsEveryPoint_AndWritesTidyResults()
    {
        using Sweep sweep = new(Sweep.Small);
        CommandResult run = sweep.Run();
        run.ExitCode.ShouldBe(0, run.Error);

        run.Output.ShouldContain("8 of 8 points ok");
        sweep.Statuses.ShouldAllBe(status => status == "ok");
        string[] rows = sweep.Lines("results.csv");
        rows[0].ShouldBe("point,repeat,seed,time.tdf,cores.frequency,metric,value,unit");
        double[] times = [.. Values(rows, "virtualTime")];
        times.Length.ShouldBe(8);

        // Rows are in the order of the points: 1 GHz and 2 GHz for each TDF; law 5, to rounding.
        string[] tdfs = [.. rows.Skip(1).Select(row => row.Split(',')[3]).Distinct()];
        tdfs.ShouldBe(["1", "4.642", "21.54", "100"]);
        (times[0] / times[2]).ShouldBe(4.642, 0.05);
        (times[0] / times[6]).ShouldBe(100, 3);
        Values(rows, "node0.exitCode").ShouldAllBe(code => code == 0);
        Values(rows, "node0.dram.reads").Count().ShouldBe(8);
        sweep.Lines("host.csv").Length.ShouldBe(9);
        foreach (string[] point in sweep.Points)
        {
            File.Exists(sweep.RunPath(point[0], "job.resolved.json")).ShouldBeTrue();
            File.ReadAllText(sweep.RunPath(point[0], "procs/node0/stdout.txt")).Length.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void APoint_IsTheRunThatLaunchMakesOfItsJob()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good("tdf=4.642", "cores.frequency=1..2GHz:lin2");
        string[] point = sweep.Points[1];
        using TempFolder folder = new();
        CommandResult launch = Command.Run(
            Paths.Dilaton,
            ["launch", "-q", "-o", folder.File("out"), sweep.RunPath(point[0], "job.resolved.json")]);
        launch.ExitCode.ShouldBe(0, launch.Error);
        File.ReadAllText(Path.Combine(folder.File("out"), "stats.txt"))
            .ShouldBe(File.ReadAllText(sweep.RunPath(point[0], "stats.txt")));
    }

    [Fact]
    public void Resume_RunsWhatIsMissing_AndGivesTheSameBytes()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good();
        string results = sweep.Results;
        string[] ids = [.. sweep.Points.Select(point => point[0])];
        DateTime[] before = [.. ids.Select(id => Written(sweep, id))];

        Directory.Delete(Path.GetDirectoryName(sweep.RunPath(ids[2], "x"))!, recursive: true);
        File.WriteAllText(sweep.RunPath(ids[5], "result.json"), "{\"exitCode\": 0");
        CommandResult resumed = sweep.Run("--resume");
        resumed.ExitCode.ShouldBe(0, resumed.Error);

        resumed.Error.ShouldContain("[DL0708]"); // The damaged one.
        sweep.Results.ShouldBe(results);
        for (int i = 0; i < ids.Length; i++)
        {
            (Written(sweep, ids[i]) != before[i]).ShouldBe(i is 2 or 5, ids[i]);
        }
    }

    [Fact]
    public void Resume_WithAnotherValue_RunsOnlyThePointsThatHaveIt()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good();
        string[] ids = [.. sweep.Points.Select(point => point[0])];
        DateTime before = Written(sweep, ids[0]);

        sweep.Change("[1GHz, 2GHz]", "[1GHz, 3GHz]");
        sweep.Run("--dry-run", "--resume").Error.ShouldContain("8 points, 4 to run");
        sweep.Good("--resume");

        sweep.Points.Select(point => point[0]).Intersect(ids).Count().ShouldBe(4);
        Written(sweep, ids[0]).ShouldBe(before);
        File.Exists(sweep.RunPath(ids[1], "result.json")).ShouldBeTrue("nothing is removed");
    }

    [Fact]
    public void ARebuiltGuest_RunsAgain_AndItIsToldWhy()
    {
        using TempFolder work = new();
        string guest = work.File("guest");
        File.Copy(Paths.Guest("chase"), guest);
        string job = Sweep.Small
            .Replace($"path: {Paths.Guest("chase")}", "cwd: /own, path: ./guest", StringComparison.Ordinal)
            .Replace("guest: {", $"guest: {{files: [{{path: {work.Path}, at: /own}}], ", StringComparison.Ordinal);
        using Sweep sweep = new Sweep(job).Good();
        string[] before = [.. sweep.Points.Select(point => point[0])];
        string results = sweep.Results;

        // Bytes behind the end of an ELF file change nothing of what it does.
        File.AppendAllText(guest, "rebuilt");
        string first = before[0];
        CommandResult point = Command.Run(Paths.Dilaton, ["sweep", "--run-point", first, sweep.Folder]);
        point.ExitCode.ShouldBe(2, point.Error);
        point.Error.ShouldContain("or what is in a file that it names");
        sweep.Run("--resume", "--dry-run").Error.ShouldContain("8 to run");
        CommandResult gather = Command.Run(Paths.Dilaton, ["sweep", "--gather", sweep.Folder]);
        gather.ExitCode.ShouldBe(0, gather.Error);
        sweep.Results.ShouldBe(results);

        CommandResult resumed = sweep.Run("--resume");
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        resumed.Error.ShouldContain($"'{guest}' has changed since the sweep was planned: 8 points");
        resumed.Error.ShouldContain("[DL0711]");
        string[] after = [.. sweep.Points.Select(each => each[0])];
        after.Intersect(before).ShouldBeEmpty();
        for (int i = 0; i < before.Length; i++)
        {
            results = results.Replace(before[i], after[i], StringComparison.Ordinal);
        }

        sweep.Results.ShouldBe(results);
        sweep.Run("--resume").Error.ShouldNotContain("DL0711");
    }

    [Fact]
    public void FailingPoints_AreKeptAndShown_AndStopTheSweepUnlessToldToKeepGoing()
    {
        using Sweep sweep = new(Failing);
        CommandResult run = sweep.Run("-j", "1");
        run.ExitCode.ShouldBe(7);
        run.Error.ShouldContain("guest.program.args=[exit, 3]");
        run.Error.ShouldContain("the guest exited with code 3");
        run.Error.ShouldContain("2 were not started");
        sweep.Statuses.ShouldBe(["ok", "guest-failed", "planned", "planned"]);

        CommandResult rest = sweep.Run("-j", "1", "--resume", "--keep-going");
        rest.ExitCode.ShouldBe(7);
        rest.Output.ShouldContain("2 of 4 points ok, 2 failed");
        sweep.Statuses.ShouldBe(["ok", "guest-failed", "ok", "guest-failed"]);
        sweep.Lines("results.csv").Where(line => line.Contains("exitCode", StringComparison.Ordinal))
            .Select(line => line.Split(',')[^2]).ShouldBe(["0", "3", "0", "4"]);
        sweep.Lines("results.csv").Count(line => line.Contains("virtualTime", StringComparison.Ordinal))
            .ShouldBe(2);
    }

    [Fact]
    public void Repeats_EndWhenTheMeanIsKnown()
    {
        using Sweep sweep = new(Sweep.Small + "  stop: {metric: virtualTime, least: 2, most: 6}\n");
        JsonNode summary = sweep.Summary("tdf=1", "cores.frequency=1GHz,2GHz");

        // Nothing in this guest is chance: two repeats are the same.
        sweep.Statuses.ShouldBe([.. Enumerable.Repeat(
            (string[])["ok", "ok", "not-needed", "not-needed", "not-needed", "not-needed"], 2).SelectMany(s => s)]);
        summary["points"]!.GetValue<int>().ShouldBe(4);
        summary["series"]!.AsArray().Count.ShouldBe(2);
        summary["series"]![0]!["runs"]!.GetValue<int>().ShouldBe(2);
        summary["series"]![0]!["sigma"]!.GetValue<double>().ShouldBe(0);
    }

    [Fact]
    public void DryRun_ShowsThePointsAndWritesNothing()
    {
        using Sweep sweep = new(Sweep.Small + "time: {wallLimit: 1min}\n");
        CommandResult plan = sweep.Run("--dry-run", "-j", "2");
        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Output.Split('\n').Length.ShouldBe(10);
        plan.Error.ShouldContain("8 combinations, 1 runs each: 8 points, 8 to run, 2 at once (-j)");
        plan.Error.ShouldContain("at most 4m00s");
        Directory.Exists(sweep.Folder).ShouldBeFalse();

        sweep.Good();
        sweep.Run("--dry-run").Error.ShouldContain("none, all is done");
    }

    [Fact]
    public void ASweepOfTdfWithNothingPhysical_IsRefused()
    {
        using Sweep sweep = new(Sweep.Small.Replace("rates: physical", "rates: virtual", StringComparison.Ordinal));
        CommandResult run = sweep.Run();
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("no resource is physical [DL0201]");
        Directory.Exists(sweep.Folder).ShouldBeFalse();
    }

    [Fact]
    public void Launch_RefusesASweep()
    {
        using Sweep sweep = new(Sweep.Small);
        CommandResult launch = Command.Run(Paths.Dilaton, ["launch", sweep.JobFile]);
        launch.ExitCode.ShouldBe(2);
        launch.Error.ShouldContain($"dilaton sweep {sweep.JobFile}");
        launch.Error.ShouldContain("[DL0705]");
    }

    /// <summary>Processor time of all, against what the points' own fronts and workers have taken.
    /// </summary>
    [Fact]
    public void APoint_CostsLittleBeyondItsRun()
    {
        using Sweep sweep = new(Sweep.Small);
        CommandResult run = Command.Run(
            "/bin/bash",
            ["-c", "TIMEFORMAT='%U %S'; time \"$@\" >/dev/null 2>&1", "bash", Paths.Dilaton,
                "sweep", sweep.JobFile, "-o", sweep.Folder],
            new() { Folder = Path.GetDirectoryName(sweep.JobFile) });
        run.ExitCode.ShouldBe(0, run.Error);
        double all = run.Error.Trim().Split(' ')
            .Sum(seconds => double.Parse(seconds, CultureInfo.InvariantCulture));
        double runs = sweep.Lines("host.csv").Skip(1)
            .Sum(row => double.Parse(row.Split(',')[^4], CultureInfo.InvariantCulture));
        ((all - runs) / 8).ShouldBeLessThan(0.3);
    }

    [Theory]
    [InlineData("sweep.yaml", 8)]
    [InlineData("sweep-memory.yaml", 8)]
    [InlineData("network/sweep-tcp.yaml", 12)]
    public void Example_Runs(string example, int points)
    {
        Paths.Guest("talk", "dynamic").ShouldNotBeEmpty(); // Builds the guests.
        using TempFolder folder = new();
        CommandResult run = Command.Run(
            Paths.Dilaton,
            ["sweep", $"docs/examples/{example}", "-o", folder.File("out"), "--json", "-q"],
            new() { Folder = Paths.Root });
        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode summary = JsonNode.Parse(run.Output)!;
        double[] times = [.. summary["series"]!.AsArray().Select(s => s!["mean"]!.GetValue<double>())];
        times.Length.ShouldBe(points);

        // What is physical is faster the larger the TDF.
        times.Take(8).ShouldBe(times.Take(8).OrderDescending());
    }

    internal static string Failing => $$"""
        apiVersion: dilaton/v1
        nodes:
          - memory: {size: 64MiB}
            guest: {program: {path: {{Paths.Guest("die")}} } }
        sweep: {parameters: {guest.program.args: [[exit, 0], [exit, 3], [exit, 00], [exit, 4]]} }
        """;

    private static DateTime Written(Sweep sweep, string id) =>
        File.GetLastWriteTimeUtc(sweep.RunPath(id, "result.json"));

    private static IEnumerable<double> Values(string[] rows, string metric) => rows
        .Select(row => row.Split(',')).Where(row => row[^3] == metric)
        .Select(row => double.Parse(row[^2], CultureInfo.InvariantCulture));
}
