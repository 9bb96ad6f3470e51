using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Integration;

[Trait("Tier", "slow")]
[SupportedOSPlatform("linux")]
public sealed class SlurmSweepTests(SlurmCluster cluster, ITestOutputHelper output)
    : IClassFixture<SlurmCluster>
{
    private const int PointsFailed = 7;

    /// <summary>Nobody lives to see its points end.</summary>
    private static string Endless =>
        Sweep.Small.Replace("\"1000\"", "\"100000000000\"", StringComparison.Ordinal);

    [SlurmFact]
    public void Slurm_GivesTheBytesOfTheLocalPool_AndDoesNotRunAPointTwice()
    {
        using Sweep local = new Sweep(Sweep.Small).Good();
        string results = local.Results;
        using Sweep sweep = new(local);
        cluster.Good(sweep, "--points-per-task", "3", "--slurm-options", "--comment='a b' --partition=test");
        sweep.Results.ShouldBe(results);
        sweep.File("sweep.sbatch").ShouldContain("#SBATCH --array=0-2\n");

        // A resume submits what is missing, and nothing else.
        string[] ids = [.. sweep.Points.Select(point => point[0])];
        Directory.Delete(Path.GetDirectoryName(sweep.RunPath(ids[4], "x"))!, recursive: true);
        cluster.Good(sweep, "--resume");
        sweep.File("sweep.sbatch").ShouldContain($"points=(\n{ids[4]}\n)");
        sweep.Results.ShouldBe(results);
    }

    [SlurmFact]
    public void SubmitOnly_LeavesThePointsToSlurm_WhichGathersThem()
    {
        cluster.Up();
        using Sweep local = new Sweep(Sweep.Small).Good();
        using Sweep sweep = new(local);
        CommandResult left = cluster.Run(sweep, "--submit-only", "--points-per-task", "8");
        left.ExitCode.ShouldBe(0, left.Error);
        left.Output.ShouldContain($"dilaton sweep --resume --executor slurm -o {sweep.Folder}");
        SlurmCluster.Wait("empty queue", () => cluster.Call("squeue", "-h").Length == 0
            && File.Exists(sweep.PathOf("results.db")));
        sweep.Results.ShouldBe(local.Results);
        sweep.Statuses.ShouldAllBe(status => status == "ok");
    }

    [SlurmFact]
    public void Resume_WaitsForWhatWasLeftToSlurm()
    {
        cluster.Up();
        using Sweep local = new Sweep(Sweep.Small).Good();
        using Sweep sweep = new(local);
        cluster.Run(sweep, "--submit-only", "--points-per-task", "4").ExitCode.ShouldBe(0);
        string script = sweep.File("sweep.sbatch");
        CommandResult back = cluster.Run(sweep, "--resume");
        back.ExitCode.ShouldBe(0, back.Error);
        back.Output.ShouldContain("8 of 8 points ok");
        sweep.Lines("sweep.sbatch").ShouldNotContain("each=4", "all was done: nothing was planned");
        script.ShouldContain("each=4");
        sweep.Results.ShouldBe(local.Results);
    }

    [SlurmFact]
    public void AFailingPoint_IsNamed()
    {
        cluster.Up();
        using Sweep sweep = new(SweepTests.Failing);
        CommandResult run = cluster.Run(sweep, "--keep-going");
        run.ExitCode.ShouldBe(PointsFailed, run.Error);
        run.Error.ShouldContain("guest.program.args=[exit, 3]");
        sweep.Statuses.ShouldBe(["ok", "guest-failed", "ok", "guest-failed"]);

        using Sweep stopped = new(SweepTests.Failing);
        CommandResult first = cluster.Run(stopped, "-j", "1");
        first.ExitCode.ShouldBe(PointsFailed, first.Error);
        stopped.Statuses[..2].ShouldBe(["ok", "guest-failed"]);
        stopped.Statuses.ShouldNotContain("lost");
    }

    [SlurmFact]
    public void CtrlC_CancelsTheJobs()
    {
        cluster.Up();
        using Sweep sweep = new(Endless);
        Task interrupt = Task.Run(() =>
        {
            SlurmCluster.Wait("two running points", () => sweep.HasFiles("runs/*/.running", 2));
            string owner = sweep.File("lock").Trim().Split(' ')[1];
            Command.Run("kill", ["-INT", owner]);
        });
        CommandResult run = cluster.Run(sweep);
        interrupt.GetAwaiter().GetResult();
        run.ExitCode.ShouldBe(130, run.Error);
        run.Error.ShouldContain("--resume goes on with it");
        cluster.Call("squeue", "-h").ShouldBe("");
        sweep.Statuses.ShouldAllBe(status => status == "planned");
    }

    [SlurmFact]
    public void AKilledNode_LosesItsPointsOnly_AndResumeGivesTheSameBytes() => KillNodes(2);

    [SlurmFact]
    [Trait("Tier", "soak")]
    public void NodesKilledAtManyMoments_LoseNothingForGood() => KillNodes(10);

    /// <summary>Processor time of the sweep and of Slurm's daemons with all that they start, against that
    /// of the same sweep by the local pool. Wall time is said and not judged: the host may be busy.
    /// </summary>
    [SlurmCpuFact]
    [Trait("Tier", "soak")]
    public void APoint_CostsLittleMoreThanItself()
    {
        const int count = 20;
        const double beyondMax = 0.3;
        cluster.Up();
        string job = Sweep.Small.Replace("log 4", "log 10", StringComparison.Ordinal);
        using Sweep local = new(job);
        (double poolWall, double poolCpu) = Cost(local, ["-j", "2"]);
        foreach (string each in new[] { "1", "5" })
        {
            using Sweep sweep = new(local);
            (double wall, double cpu) = Cost(sweep, ["--executor", "slurm", "--points-per-task", each]);
            sweep.Results.ShouldBe(local.Results);
            double beyond = (cpu - poolCpu) / count;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"figures: {wall / count:F2} s per point by Slurm, {each} a task, {poolWall / count:F2} s by the "
                    + $"local pool; {beyond:F3} s of CPU more"));
            beyond.ShouldBeLessThan(beyondMax);
            Directory.Delete(sweep.Folder, recursive: true);
        }
    }

    /// <returns>Seconds of wall and of processor time, Slurm's daemons included.</returns>
    private (double Wall, double Cpu) Cost(Sweep sweep, string[] options)
    {
        using CpuAccount account = new();
        foreach (int daemon in cluster.Daemons)
        {
            account.Add(daemon);
        }

        long begin = Stopwatch.GetTimestamp();
        CommandResult run = Command.Run(
            account.Words[0],
            [.. account.Words[1..], Paths.Dilaton, "sweep", sweep.JobFile, "-o", sweep.Folder, .. options],
            cluster.Settings);
        double wall = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        run.ExitCode.ShouldBe(0, run.Error);
        return (wall, account.Seconds);
    }

    private void KillNodes(int times)
    {
        using Sweep local = new Sweep(Sweep.Small).Good();
        Random random = new((int)Seeded.Seed);
        int lost = 0;
        for (int i = 0; i < times; i++)
        {
            cluster.Up();
            using Sweep sweep = new(local);
            int running = random.Next(1, 3);
            int after = random.Next(0, 4);
            using CancellationTokenSource isOver = new();
            Task kill = Task.Run(() =>
            {
                SlurmCluster.Wait("points that run", () => isOver.IsCancellationRequested
                    || (sweep.HasFiles("runs/*/result.json", after)
                        && sweep.HasFiles("runs/*/.running", after + running)));
                cluster.KillNode("a");
            });
            CommandResult run = cluster.Run(sweep, "--keep-going", "--points-per-task", "2");
            isOver.Cancel();
            kill.GetAwaiter().GetResult();
            string[][] gone = [.. sweep.Points.Where(point => point[^1] == "lost")];
            lost += gone.Length;
            run.ExitCode.ShouldBe(gone.Length > 0 ? PointsFailed : 0, run.Error);
            foreach (string[] point in gone)
            {
                run.Error.ShouldContain($"point {point[0]} (");
            }

            cluster.StartNode("a");
            cluster.Good(sweep, "--resume");
            sweep.Results.ShouldBe(local.Results);
            foreach (string[] point in gone.Length > 0 ? sweep.Points : [])
            {
                bool isListed = sweep.File("sweep.sbatch").Contains($"\n{point[0]}\n", StringComparison.Ordinal);
                isListed.ShouldBe(gone.Any(lostPoint => lostPoint[0] == point[0]), run.Error);
            }

            Directory.Delete(sweep.Folder, recursive: true);
        }

        output.WriteLine($"figures: {times} nodes killed, {lost} points lost, all made good by --resume");
    }
}
