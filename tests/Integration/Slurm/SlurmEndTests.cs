using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Integration;

/// <summary>What ends tasks, or Slurm itself: points are kept as unfinished, named, and run again.
/// </summary>
[Trait("Tier", "slow")]
[SupportedOSPlatform("linux")]
public sealed class SlurmEndTests(SlurmCluster cluster, ITestOutputHelper output) : IClassFixture<SlurmCluster>
{
    private const int EnvironmentMissing = 6;
    private const int PointsFailed = 7;
    private const int Interrupted = 130;

    /// <summary>Nobody lives to see the second point's end.</summary>
    private static string OneEndless => Sweep.Small
        .Replace(
            "cores.frequency: [1GHz, 2GHz]",
            "guest.program.args: [[\"65536\", \"1000\"], [\"65536\", \"100000000000\"]]",
            StringComparison.Ordinal)
        .Replace("[1..100 log 4]", "[10]", StringComparison.Ordinal);

    private static string Endless =>
        Sweep.Small.Replace("\"1000\"", "\"100000000000\"", StringComparison.Ordinal);

    /// <summary>By Slurm's own SIGTERM, or by the signal that was asked for before it.</summary>
    [SlurmTheory]
    [InlineData("--time=1", "TIMEOUT")]
    [InlineData("--time=1 --signal=B:USR1@50", "FAILED")]
    public void ATimeLimit_LeavesThePointUnfinished_AndNamed(string options, string word)
    {
        cluster.Up();
        using Sweep sweep = new(OneEndless);
        CommandResult run = cluster.Run(sweep, "--keep-going", "--slurm-options", options);
        run.ExitCode.ShouldBe(PointsFailed, run.Error);
        sweep.Statuses.ShouldBe(["ok", "terminated"], run.Error);
        string id = sweep.Points[1][0];
        const string values = "time.tdf=10, guest.program.args=[\"65536\", \"100000000000\"]";
        run.Error.ShouldContain($"point {id} ({values}): terminated");
        run.Error.ShouldContain($": {word}, reason ");
        sweep.Lines("results.csv").ShouldNotContain(line => line.StartsWith(id, StringComparison.Ordinal));
        sweep.Run("--resume", "--dry-run").Error.ShouldContain("2 points, 1 to run");
    }

    [SlurmFact]
    public void AnothersScancel_NamesWhatItTook()
    {
        cluster.Up();
        using Sweep sweep = new(Endless);
        using Process process = Start(sweep, "--points-per-task", "2");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        string[] jobs = cluster.Call("squeue", "-h", "-o", "%F").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        cluster.Call("scancel", jobs[0]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(PointsFailed, sweep.Error);
        sweep.Statuses.Count(status => status != "planned").ShouldBeGreaterThanOrEqualTo(2);
        sweep.Statuses.ShouldAllBe(status => status == "terminated" || status == "lost" || status == "planned");
        foreach (string[] point in sweep.Points.Where(point => point[^1] != "planned"))
        {
            sweep.Error.ShouldContain($"point {point[0]} (");
        }

        sweep.Error.ShouldContain(": CANCELLED");
    }

    /// <summary>Slurm's administrators may do so where the options allow it.</summary>
    [SlurmFact]
    public void ARequeuedTask_RunsItsPointsAgain_AndTheBytesAreTheSame()
    {
        string job = Sweep.Small.Replace("\"1000\"", "\"30000000\"", StringComparison.Ordinal)
            .Replace("log 4", "log 2", StringComparison.Ordinal);
        using Sweep local = new Sweep(job).Good();
        cluster.Up();
        using Sweep sweep = new(local);
        using Process process = Start(sweep, "--points-per-task", "2", "--slurm-options", "--requeue");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        string task = cluster.Call("squeue", "-h", "-r", "-o", "%A").Split('\n')[0];
        cluster.Call("scontrol", "requeue", task);
        SlurmCluster.Wait("task back in the queue", () => State(task) == "PENDING" || process.HasExited);

        // Slurm would wait for minutes. Within the second of the requeue its nodes refuse the task's
        // new credential with the old one.
        cluster.Call("scontrol", "update", $"JobId={task}", "StartTime=now+3", "Priority=1000");
        SlurmCluster.Wait("requeued task", () => State(task) is "RUNNING" or "" || process.HasExited);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, sweep.Error);
        sweep.Results.ShouldBe(local.Results);
    }

    [SlurmFact]
    public void Cancel_EndsWhatAKilledSweepHasLeft()
    {
        cluster.Up();
        using Sweep sweep = new(Endless);
        using Process process = Start(sweep);
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        Kill("KILL", process.Id);
        process.WaitForExit();
        cluster.Call("squeue", "-h").ShouldNotBe("");

        CommandResult cancel = Cancel(sweep);
        cancel.ExitCode.ShouldBe(0, cancel.Error);
        cancel.Output.ShouldStartWith("cancelled 8 tasks of job ");
        cancel.Output.ShouldContain($"dilaton sweep --resume --executor slurm -o {sweep.Folder}");
        cluster.Call("squeue", "-h").ShouldBe("");
        Cancel(sweep).Output.ShouldContain("no job of this sweep waits or runs");

        CommandResult left = cluster.Run(sweep, "--resume", "--submit-only");
        left.ExitCode.ShouldBe(0, left.Error);
        left.Output.ShouldContain($"to end them: dilaton sweep --cancel {sweep.Folder}");
        Cancel(sweep).Output.ShouldStartWith("cancelled 8 tasks");
        SlurmCluster.Wait("empty queue", () => cluster.Call("squeue", "-h").Length == 0);

        using TempFolder empty = new();
        CommandResult none = Command.Run(Paths.Dilaton, ["sweep", "--cancel", empty.Path], cluster.Settings);
        none.ExitCode.ShouldBe(2, none.Error);
        none.Error.ShouldContain("[DL0708]");
    }

    [SlurmFact]
    public void ASilentController_IsTold_AndWaitedFor()
    {
        string job = Sweep.Small.Replace("\"1000\"", "\"3000000\"", StringComparison.Ordinal);
        using Sweep local = new Sweep(job).Good();
        cluster.Up();
        using Sweep sweep = new(local);
        using Process process = Start(sweep, "--points-per-task", "4");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        using (cluster.Silence())
        {
            Sweep.Wait(process, () => sweep.Error.Contains("Slurm does not answer", StringComparison.Ordinal));
            process.HasExited.ShouldBeFalse(sweep.Error);
        }

        process.WaitForExit();
        process.ExitCode.ShouldBe(0, sweep.Error);
        sweep.Error.ShouldContain("[DL0710]");
        sweep.Error.ShouldContain("dilaton: Slurm answers again");
        sweep.Results.ShouldBe(local.Results);
    }

    [SlurmFact]
    public void ASilentController_HoldsUpNeitherTheStart_NorTheEnd()
    {
        cluster.Up();
        using Sweep sweep = new(Endless);
        using (cluster.Silence())
        {
            CommandResult refused = cluster.Run(sweep);
            refused.ExitCode.ShouldBe(EnvironmentMissing, refused.Error);
            refused.Error.ShouldContain("[DL0710]");
            CommandResult cancel = Cancel(sweep);
            cancel.ExitCode.ShouldBeOneOf([EnvironmentMissing, 2], cancel.Error);
        }

        using Process process = Start(sweep, "--resume");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        using (cluster.Silence())
        {
            Kill("INT", process.Id);
            process.WaitForExit();
        }

        process.ExitCode.ShouldBe(Interrupted, sweep.Error);
        sweep.Error.ShouldContain("may go on");
        sweep.Error.ShouldContain("later: scancel ");
        Cancel(sweep).ExitCode.ShouldBe(0);
        SlurmCluster.Wait("empty queue", () => cluster.Call("squeue", "-h").Length == 0);
    }

    [SlurmFact]
    public void WhatSlurmRefuses_IsTold_AndNothingRuns()
    {
        cluster.Up();
        using Sweep sweep = new(Sweep.Small);
        CommandResult run = cluster.Run(sweep, "--slurm-options", "--partition=nonsense");
        run.ExitCode.ShouldBe(EnvironmentMissing, run.Error);
        run.Error.ShouldContain("invalid partition specified: nonsense");
        run.Error.ShouldContain("[DL0710]");
        sweep.HasFiles("runs/*/result.json", 1).ShouldBeFalse();
        cluster.Good(sweep, "--resume", "--points-per-task", "8");
        sweep.Statuses.ShouldAllBe(status => status == "ok");
    }

    /// <summary>The sweep, a point's process or worker, or a node with all that is on it.</summary>
    [SlurmFact]
    public void KilledAtRandomMoments_AndResumed_ItGivesTheSameBytes()
    {
        using Sweep local = new Sweep(Sweep.Small).Good();
        using Sweep sweep = new(local);
        Random random = new((int)Seeded.Seed);
        int kills = Seeded.IsSoak ? 50 : 10;
        int[] met = new int[3];
        for (int i = 0; i < kills; i++)
        {
            cluster.Up();
            using Process process = Start(sweep, "--resume", "--keep-going", "--points-per-task", "2");
            int moment = random.Next(local.Entries);
            Sweep.Wait(process, () => sweep.Entries >= moment);
            int victim = random.Next(3);
            IReadOnlyList<int> points = [];
            Sweep.Wait(process, () => victim != 1 || (points = cluster.JobProcesses()).Count > 0);
            met[victim] += process.HasExited ? 0 : 1;
            if (victim == 0)
            {
                Kill("KILL", process.Id);
            }
            else if (victim == 1)
            {
                points.Skip(random.Next(Math.Max(1, points.Count))).Take(1).ToList().ForEach(id => Kill("KILL", id));
            }
            else
            {
                string node = random.Next(2) == 0 ? "a" : "b";
                cluster.KillNode(node);
                cluster.StartNode(node);
            }

            process.WaitForExit();
            process.ExitCode.ShouldBeOneOf([0, 128 + 9, PointsFailed], $"./test --seed {Seeded.Seed}: {sweep.Error}");
            Forget(sweep, random);
        }

        cluster.Good(sweep, "--resume", "--points-per-task", "8");
        sweep.Results.ShouldBe(local.Results, $"./test --seed {Seeded.Seed}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"figures: seed {Seeded.Seed}: of {kills} kills {met[0]} met a sweep that ran, {met[1]} a point's process, "
                + $"{met[2]} a node with all that was on it"));
        met.Sum().ShouldBeGreaterThan(kills / 4);
    }

    private Process Start(Sweep sweep, params string[] options) =>
        sweep.StartWith([cluster.Variable], ["--executor", "slurm", .. options]);

    private string State(string task) => cluster.Call("squeue", "-h", "-j", task, "-o", "%T").Trim();

    private CommandResult Cancel(Sweep sweep) =>
        Command.Run(Paths.Dilaton, ["sweep", "--cancel", sweep.Folder], cluster.Settings);

    private static void Kill(string signal, int process) => Command.Run(
        "/bin/kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>So that there is always something to do.</summary>
    private static void Forget(Sweep sweep, Random random)
    {
        string[] runs = Directory.Exists(sweep.PathOf("runs")) ? Directory.GetDirectories(sweep.PathOf("runs")) : [];
        Array.Sort(runs, StringComparer.Ordinal);
        foreach (string run in runs.Where(_ => random.Next(2) == 0))
        {
            try
            {
                Directory.Delete(run, recursive: true);
            }
            catch (IOException)
            {
                // Somebody that a killed sweep has left writes into it.
            }
        }
    }
}
