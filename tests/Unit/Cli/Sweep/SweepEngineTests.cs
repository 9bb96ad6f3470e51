using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SweepEngineTests
{
    [Fact]
    public void TheArray_HasATaskForEachSlice()
    {
        SweepPlan plan = SweepFixture.Good(SweepFixture.Job, "cores.count=1..5:step1", "time.wallLimit=90s");
        string text = Script(plan, new SlurmOptions(2, 4, "--partition=long")).Sweep(plan.Points);
        text.ShouldContain("#SBATCH --array=0-2%4\n");
        text.ShouldContain("each=2\n");
        text.ShouldContain("#SBATCH --time=5\n");
        text.ShouldContain("#SBATCH --partition=long\n");
        text.ShouldContain($"points=(\n{string.Join('\n', plan.Points.Select(p => p.Id))}\n)\n");
        text.ShouldStartWith("#!/bin/bash\n");
        text.ShouldContain("#SBATCH --chdir='/a folder'\n");

        // Options behind a command are not read any more.
        string[] lines = text.Split('\n');
        Array.FindLastIndex(lines, line => line.StartsWith("#SBATCH", StringComparison.Ordinal))
            .ShouldBeLessThan(Array.IndexOf(lines, "cd '/a folder' || exit 6"));
    }

    [Fact]
    public void TheArray_IsNeverLargerThanSlurmTakes()
    {
        SweepPlan plan = SweepFixture.Good(SweepFixture.Job + "sweep: {repeat: 2500}\n");
        SlurmScript script = Script(plan, new SlurmOptions(1, null, ""));
        script.PointsPerTask(1000).ShouldBe(1);
        script.PointsPerTask(1001).ShouldBe(2);
        script.Sweep(plan.Points).ShouldContain("#SBATCH --array=0-833\n");
    }

    [Fact]
    public void Queue_IsReadPerTask()
    {
        var tasks = SlurmQueue.Parse("12 0 RUNNING\n12 10 PENDING\n13 N/A PENDING\n");
        tasks[(12, 0)].ShouldBe("RUNNING");
        tasks[(12, 10)].ShouldBe("PENDING");
        tasks[(13, -1)].ShouldBe("PENDING");
        SlurmQueue.Parse("").ShouldBeEmpty();
    }

    [Fact]
    public void JobLog_IsReadToItsLastWholeLine()
    {
        const string text = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n"
            + "2\t:\t1.5\t0.1\t0\t0\t7\t0\ta b\n"
            + "1\t:\t1.5\t0.1\t0\t0\t0\t9\tc d\n"
            + "3\t:\t1.5\t0.1\t0\t0\t0";
        JobLog.Parse(text).ShouldBe(
            [(1, "its process ended with code 7"), (0, "its process died by signal 9 (SIGKILL)")]);
        JobLog.Parse("").ShouldBeEmpty();
    }

    private static SlurmScript Script(SweepPlan plan, SlurmOptions options) =>
        new(new SweepFolder("/a folder"), plan, options);
}
