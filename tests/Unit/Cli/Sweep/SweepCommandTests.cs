using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SweepCommandTests
{
    [Fact]
    public void Arguments_AreSorted()
    {
        SweepRequest request = Good(
            "job.yaml", "tdf=1,2", "--repeat", "3", "-j", "4", "--keep-going", "--seed=9", "-o", "d",
            "--executor", "local");
        request.JobFile.ShouldBe("job.yaml");
        request.Arguments.ShouldBe(["tdf=1,2", "seed=9"]);
        request.Folder.ShouldBe("d");
        (request.Repeat, request.Jobs, request.KeepGoing, request.Resume).ShouldBe((3, 4, true, false));
        Good("--resume").JobFile.ShouldBeNull();
        Good("--resume").Folder.ShouldBe("tdsweep");
        Good("--run-point", "0123456789ab", "d").Folder.ShouldBe("d");
        Good("--gather", "d").ShouldSatisfyAllConditions(
            r => r.Gather.ShouldBeTrue(), r => r.Folder.ShouldBe("d"), r => r.JobFile.ShouldBeNull());
        Good("--cancel", "d").ShouldSatisfyAllConditions(
            r => r.Cancel.ShouldBeTrue(), r => r.Folder.ShouldBe("d"), r => r.Gather.ShouldBeFalse());
        Good("--resume", "--plan-only").PlanOnly.ShouldBeTrue();
        SweepRequest slurm = Good(
            "job.yaml", "tdf=1,2", "--executor", "slurm", "--points-per-task", "5", "--submit-only",
            "--slurm-options=--partition=long --time=60");
        slurm.Executor.ShouldBe(SweepExecutor.Slurm);
        slurm.SlurmOptions.ShouldBe("--partition=long --time=60");
        (slurm.PointsPerTask, slurm.SubmitOnly).ShouldBe((5, true));
    }

    [Theory]
    [InlineData("sweep needs a job file")]
    [InlineData("one job file, not 2", "a.yaml", "b.yaml")]
    [InlineData("--repeat 0: expected a whole number", "a.yaml", "--repeat", "0")]
    [InlineData("-j needs a value", "a.yaml", "-j")]
    [InlineData("--jobs x: expected a whole number", "a.yaml", "--jobs", "x")]
    [InlineData("there is no such executor", "a.yaml", "--executor", "clod")]
    [InlineData("did you mean 'slurm'?", "a.yaml", "--executor", "slrum")]
    [InlineData("--points-per-task needs --executor slurm", "a.yaml", "--points-per-task", "2")]
    [InlineData("--submit-only needs --executor slurm", "a.yaml", "--submit-only", "--executor", "parallel")]
    [InlineData("--slurm-options: expected one line", "a.yaml", "--executor", "slurm", "--slurm-options", "-p a\nb")]
    [InlineData("--gather needs the sweep's folder", "--gather")]
    [InlineData("--cancel needs the sweep's folder", "--cancel")]
    [InlineData("--resmue: no such option", "a.yaml", "--resmue")]
    [InlineData("no point has such a name", "--run-point", "xyz", "d")]
    [InlineData("--run-point needs the sweep's folder", "--run-point", "0123456789ab")]
    [InlineData("changes a sweep, which needs its job", "--resume", "tdf=1,2")]
    [InlineData("expected numbers of processors", "--run-point", "0123456789ab", "d", "--cpus", "a")]
    public void Mistakes_AreTold(string expected, params string[] arguments)
    {
        DiagnosticBag bag = new();
        SweepCommand.Read(arguments, bag, out _).ShouldBeNull();
        bag.Print().ShouldContain(expected);
    }

    private static SweepRequest Good(params string[] arguments)
    {
        DiagnosticBag bag = new();
        return SweepCommand.Read(arguments, bag, out _)
            ?? throw new InvalidOperationException(bag.Print());
    }
}
