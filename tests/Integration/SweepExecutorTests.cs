using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Engines that run points instead of the local pool.</summary>
public sealed class SweepExecutorTests
{
    private const int EnvironmentMissing = 6;

    [RequiresFact("/usr/bin/parallel")]
    public void Parallel_GivesTheBytesOfTheLocalPool()
    {
        using Sweep local = new Sweep(Sweep.Small).Good();
        using Sweep sweep = new Sweep(local).Good("--executor", "parallel", "-j", "2");
        sweep.Results.ShouldBe(local.Results);
        sweep.Lines("parallel.log").Length.ShouldBe(9);

        string[] ids = [.. sweep.Points.Select(point => point[0])];
        Directory.Delete(Path.GetDirectoryName(sweep.RunPath(ids[4], "x"))!, recursive: true);
        sweep.Good("--executor", "parallel", "--resume");
        sweep.Lines("parallel.txt").ShouldHaveSingleItem().ShouldContain(ids[4]);
        sweep.Results.ShouldBe(local.Results);
    }

    [RequiresFact("/usr/bin/parallel")]
    public void Parallel_StopsAtAFailure_UnlessToldToKeepGoing()
    {
        using Sweep sweep = new(SweepTests.Failing);
        CommandResult run = sweep.Run("--executor", "parallel", "-j", "1");
        run.ExitCode.ShouldBe(7, run.Error);
        run.Error.ShouldContain("guest.program.args=[exit, 3]");
        sweep.Statuses[..2].ShouldBe(["ok", "guest-failed"]);
        sweep.Statuses.ShouldNotContain("lost");

        sweep.Run("--executor", "parallel", "--resume", "--keep-going").ExitCode.ShouldBe(7);
        sweep.Statuses.ShouldBe(["ok", "guest-failed", "ok", "guest-failed"]);
    }

    [RequiresFact("/usr/bin/parallel")]
    public void CtrlC_EndsParallelAndItsPoints()
    {
        string endless = Sweep.Small.Replace("\"1000\"", "\"100000000000\"", StringComparison.Ordinal);
        using Sweep sweep = new(endless);
        using System.Diagnostics.Process process = sweep.Start("--executor", "parallel", "-j", "2");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/.running", 2));
        IReadOnlyList<int> below = Descendants.Of(process.Id);
        below.Count.ShouldBeGreaterThan(2);
        Command.Run("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(130, sweep.Error);
        foreach (int id in below)
        {
            SpinWait.SpinUntil(() => !Descendants.IsAlive(id), TimeSpan.FromMinutes(1)).ShouldBeTrue();
        }
    }

    [Fact]
    public void TasksTxt_RunsByHand()
    {
        using Sweep local = new Sweep(Sweep.Small).Good();
        using Sweep sweep = new(local);
        CommandResult plan = sweep.Run("--plan-only");
        plan.ExitCode.ShouldBe(0, plan.Error);
        sweep.Statuses.ShouldAllBe(status => status == "planned");
        Gather(sweep).ExitCode.ShouldBe(7);

        CommandResult xargs = Command.Run(
            "sh", ["-c", "xargs -P 2 -d '\\n' -n 1 sh -c <\"$0\"", sweep.PathOf("tasks.txt")]);
        xargs.ExitCode.ShouldBe(0, xargs.Error);
        CommandResult gather = Gather(sweep);
        gather.ExitCode.ShouldBe(0, gather.Error);
        sweep.Results.ShouldBe(local.Results);
        sweep.Statuses.ShouldAllBe(status => status == "ok");
    }

    [Theory]
    [InlineData("slurm", "sbatch", "sweep.sbatch")]
    [InlineData("parallel", "parallel", "parallel.txt")]
    public void AMissingEngine_IsTold_BeforeAnythingIsWritten(string executor, string tool, string file)
    {
        Command.Run(Paths.Dilaton, ["version"]).ExitCode.ShouldBe(0);
        using Sweep sweep = new(Sweep.Small);
        string program = Path.Combine(Paths.Root, "artifacts/dilaton/bin/Dilaton.Cli");
        CommandSettings settings = new()
        {
            Variables = ["PATH=/nonexistent", $"DILATON_HOME={Paths.Root}", "DOTNET_ROOT=/usr/share/dotnet"],
        };
        string[] words = ["sweep", sweep.JobFile, "-o", sweep.Folder, "--executor", executor];
        CommandResult run = Command.Run(program, words, settings);
        run.ExitCode.ShouldBe(EnvironmentMissing, run.Error);
        run.Error.ShouldContain($"--executor {executor} needs {tool}");
        run.Error.ShouldContain("[DL0601]");
        Directory.Exists(sweep.Folder).ShouldBeFalse();

        CommandResult dry = Command.Run(program, [.. words, "--dry-run"], settings);
        dry.ExitCode.ShouldBe(0, dry.Error);
        dry.Error.ShouldContain($"{file} would be:");
        Directory.Exists(sweep.Folder).ShouldBeFalse();
    }

    private static CommandResult Gather(Sweep sweep) =>
        Command.Run(Paths.Dilaton, ["sweep", "--gather", sweep.Folder]);
}
