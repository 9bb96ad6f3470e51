using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Whatever happens to a sweep: clear messages, nothing lost, and the same results in the
/// end.</summary>
public sealed class SweepRobustnessTests
{
    private const int UsageCode = 2;
    private const int EnvironmentCode = 6;
    private const int PointsFailedCode = 7;

    [Fact]
    public void KilledAtRandomMoments_AndResumed_ItGivesTheSameBytes()
    {
        using Sweep sweep = new(Sweep.Small);
        using Sweep calm = new Sweep(sweep).Good();
        int entries = calm.Entries;
        ulong chance = Seeded.Seed;
        int kills = Seeded.IsSoak ? 50 : 10;
        for (int i = 0; i < kills; i++)
        {
            using Process process = sweep.Start("--resume", "--keep-going");
            int moment = Next(ref chance, entries);
            Sweep.Wait(process, () => sweep.Entries >= moment);
            int[] all = [process.Id, .. Descendants.Of(process.Id)];
            // The sweep itself in half of the cases, else a point's process or a worker.
            int victim = all[Next(ref chance, 2) == 0 ? 0 : Next(ref chance, all.Length)];
            Kill("KILL", victim);
            process.WaitForExit();
            process.ExitCode.ShouldBeOneOf([0, 128 + 9, PointsFailedCode], sweep.Error);
            Forget(sweep, ref chance);
        }

        sweep.Good("--resume");
        sweep.Results.ShouldBe(calm.Results, $"./test --seed {Seeded.Seed}");
        sweep.File("points.csv").ShouldBe(calm.File("points.csv"));
    }

    [Fact]
    public void KilledSweep_TakesItsPointsWithIt()
    {
        using Sweep sweep = new(Endless);
        using Process process = sweep.Start("-j", "2");
        Sweep.Wait(process, () => Running(sweep) == 2);
        IReadOnlyList<int> below = Descendants.Of(process.Id);
        below.Count.ShouldBeGreaterThan(2);
        Kill("KILL", process.Id);
        process.WaitForExit();
        foreach (int id in below)
        {
            Gone(id);
        }

        CommandResult second = sweep.Run("--resume", "--dry-run");
        second.ExitCode.ShouldBe(0, second.Error);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void Signal_EndsTheSweepAndItsPoints_AndItCanBeResumed(string signal, int code)
    {
        using Sweep sweep = new(Endless);
        using Process process = sweep.Start("-j", "2");
        Sweep.Wait(process, () => Running(sweep) == 2);
        IReadOnlyList<int> below = Descendants.Of(process.Id);
        Kill(signal, process.Id);
        process.WaitForExit();
        process.ExitCode.ShouldBe(code, sweep.Error);
        sweep.Error.ShouldContain("--resume goes on with it");
        foreach (int id in below)
        {
            Gone(id);
        }

        sweep.Statuses.ShouldAllBe(status => status == "planned");
        sweep.Change("endless", "hello");
        sweep.Good("--resume");
    }

    [Fact]
    public void ASecondSweepInTheFolder_IsRefused_AndADeadOnesLockIsTakenOver()
    {
        using Sweep sweep = new(Endless);
        using Process process = sweep.Start("-j", "1");
        Sweep.Wait(process, () => Running(sweep) == 1);

        CommandResult second = sweep.Run("--resume");
        second.ExitCode.ShouldBe(UsageCode);
        second.Error.ShouldContain("is being worked on by another sweep");
        second.Error.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"process {process.Id} on"));
        second.Error.ShouldContain("[DL0706]");

        Kill("KILL", process.Id);
        process.WaitForExit();
        sweep.Change("endless", "hello");
        CommandResult third = sweep.Run("--resume");
        third.ExitCode.ShouldBe(0, third.Error);
        third.Error.ShouldContain("is taken over from process");

        CommandResult fourth = sweep.Run();
        fourth.ExitCode.ShouldBe(UsageCode);
        fourth.Error.ShouldContain("holds a sweep [DL0707]");
    }

    [Fact]
    public void ALockOfAnotherHost_IsRespected()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good("tdf=1", "cores.frequency=1GHz,2GHz");
        File.WriteAllText(sweep.PathOf("lock"), "elsewhere 17\n");
        CommandResult run = sweep.Run("--resume", "tdf=1");
        run.ExitCode.ShouldBe(UsageCode);
        run.Error.ShouldContain("process 17 on elsewhere");
        run.Error.ShouldContain("if it is gone, remove");
    }

    [Fact]
    public void ForeignAndUnwritableFolders_AreRefused()
    {
        using Sweep sweep = new(Sweep.Small);
        Directory.CreateDirectory(sweep.Folder);
        File.WriteAllText(sweep.PathOf("thesis.tex"), "");
        CommandResult foreign = sweep.Run();
        foreign.ExitCode.ShouldBe(UsageCode);
        foreign.Error.ShouldContain("[DL0401]");
        sweep.Entries.ShouldBe(1);

        CommandResult unwritable = sweep.Run("-o", "/proc/sweep");
        unwritable.ExitCode.ShouldBe(UsageCode);
        unwritable.Error.ShouldContain("can't be written");
        unwritable.Error.ShouldContain("[DL0402]");
    }

    [MountFact]
    public void AReadOnlyFolder_IsRefused()
    {
        using TmpfsFolder disk = new("size=16m");
        using Sweep sweep = new(Sweep.Small, Path.Combine(disk.Path, "out"));
        disk.Remount("ro");
        CommandResult run = sweep.Run();
        run.ExitCode.ShouldBe(UsageCode, run.Error);
        run.Error.ShouldContain("[DL0402]");
    }

    [MountFact]
    public void AFullDisk_LosesNothingThatWasRun()
    {
        using TmpfsFolder disk = new("size=240k");
        using Sweep sweep = new(Sweep.Small, Path.Combine(disk.Path, "out"));
        using Sweep calm = new Sweep(sweep).Good();
        CommandResult full = sweep.Run("-j", "1", "--keep-going");
        full.ExitCode.ShouldBeOneOf([EnvironmentCode, PointsFailedCode], full.Error);
        full.Error.ShouldContain("No space left on device");
        full.Error.ShouldNotContain("internal error");
        int done = Directory.GetFiles(sweep.PathOf("runs"), "result.json", SearchOption.AllDirectories).Length;
        done.ShouldBeInRange(1, 7);

        disk.Remount("size=16m");
        sweep.Good("--resume");
        sweep.Results.ShouldBe(calm.Results);
    }

    [RequiresFact("/usr/bin/strace")]
    public void APoint_IsOnTheDiskBeforeItsResultIsThere()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good();
        string id = sweep.Points[0][0];
        string run = Path.GetDirectoryName(sweep.RunPath(id, "x"))!;
        Directory.Delete(run, recursive: true);
        using TempFolder work = new();
        CommandResult point = Command.Run(
            "/usr/bin/strace",
            ["-f", "--seccomp-bpf", "-y", "-e", "trace=fsync,rename,renameat2", "-o", work.File("calls"),
                Paths.Dilaton, "sweep", "--run-point", id, sweep.Folder]);
        point.ExitCode.ShouldBe(0, point.Error);
        string[] calls = [.. File.ReadAllLines(work.File("calls"))
            .Where(line => line.Contains(run, StringComparison.Ordinal))];
        int named = Array.FindIndex(calls, line => line.Contains("rename", StringComparison.Ordinal)
            && line.Contains("result.json", StringComparison.Ordinal));
        named.ShouldBe(calls.Length - 2, string.Join('\n', calls));
        foreach (string file in new[] { "stats.json", "procs/node0/stdout.txt", "job.resolved.json", "result.json.new" })
        {
            calls[..named].ShouldContain(line => line.Contains($"<{run}/{file}>", StringComparison.Ordinal));
        }

        calls[^1].ShouldContain($"<{run}>");
    }

    [Fact]
    public void DamagedSweepFiles_AreToldAndReplacedByTheJob()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good();
        string results = sweep.Results;
        string id = sweep.Points[0][0];

        File.WriteAllText(sweep.PathOf("points.csv"), "point,repeat\n");
        CommandResult point = Dilaton("sweep", "--run-point", id, sweep.Folder);
        point.ExitCode.ShouldBe(UsageCode);
        point.Error.ShouldContain($"has no point '{id}' [DL0708]");

        File.WriteAllText(sweep.PathOf("sweep.json"), "{");
        CommandResult alone = Dilaton("sweep", "--resume", "-o", sweep.Folder);
        alone.ExitCode.ShouldBe(UsageCode);
        alone.Error.ShouldContain("[DL0708]");

        sweep.Good("--resume");
        sweep.Results.ShouldBe(results);
        Dilaton("sweep", "--resume", "-o", sweep.Folder).ExitCode.ShouldBe(0);
        sweep.Results.ShouldBe(results);
    }

    [Fact]
    public void APointRunByHand_IsTheSamePoint()
    {
        using Sweep sweep = new Sweep(Sweep.Small).Good();
        string results = sweep.Results;
        string id = sweep.Points[3][0];
        Directory.Delete(Path.GetDirectoryName(sweep.RunPath(id, "x"))!, recursive: true);

        string task = sweep.Lines("tasks.txt").Single(line => line.Contains(id, StringComparison.Ordinal));
        CommandResult point = Command.Run("/bin/sh", ["-c", task]);
        point.ExitCode.ShouldBe(0, point.Error);
        point.Output.ShouldBe("");

        sweep.Run("--resume", "--dry-run").Error.ShouldContain("0 to run");
        sweep.Good("--resume");
        sweep.Results.ShouldBe(results);
    }

    private static string Endless => $$"""
        apiVersion: dilaton/v1
        nodes:
          - memory: {size: 64MiB}
            guest: {program: {path: {{Paths.Guest("endless")}} } }
        sweep: {parameters: {cores.frequency: [1GHz, 2GHz, 3GHz]} }
        """;

    /// <summary>Points whose run has begun.</summary>
    private static int Running(Sweep sweep) => Directory.Exists(sweep.PathOf("runs"))
        ? Directory.GetDirectories(sweep.PathOf("runs"))
            .Count(run => File.Exists(Path.Combine(run, "job.resolved.json")))
        : 0;

    private static CommandResult Dilaton(params string[] arguments) => Command.Run(Paths.Dilaton, arguments);

    private static void Kill(string signal, int process) => Command.Run(
        "/bin/kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);

    private static void Gone(int id) =>
        SpinWait.SpinUntil(() => !Descendants.IsAlive(id), TimeSpan.FromSeconds(60))
            .ShouldBeTrue($"process {id} goes on");

    /// <summary>Removes what a random point has, so that there is always something to do.</summary>
    private static void Forget(Sweep sweep, ref ulong chance)
    {
        string[] runs = Directory.Exists(sweep.PathOf("runs"))
            ? [.. Directory.GetDirectories(sweep.PathOf("runs")).Order(StringComparer.Ordinal)]
            : [];
        if (runs.Length > 0)
        {
            Directory.Delete(runs[Next(ref chance, runs.Length)], recursive: true);
        }
    }

    private static int Next(ref ulong chance, int below)
    {
        chance = (chance * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        return (int)((chance >> 33) % (ulong)below);
    }
}
