using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>SST that is stopped, or not there.</summary>
public sealed class SstDeathTests
{
    private const string Long = "\"1000000\"";

    [Fact]
    public void WithoutSst_TheRunSaysWhatIsMissingAndWritesNothing()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", SstJob.Text(
            SstJob.Example("l2.py"), "cut: l1", 1, "/bin/true", ""));
        CommandResult result = SstHost.WithoutSst(["launch", job, "-o", folder.File("results")]);
        result.ExitCode.ShouldBe(6, result.Error);
        result.Error.ShouldContain("no sst-config in PATH");
        Directory.Exists(folder.File("results")).ShouldBeFalse();
    }

    [SstFact]
    public void AnInterruptedSst_SaysSoAndWritesItsStatistics()
    {
        using TempFolder folder = new();
        string interrupted = SstJob.Wrapper(folder, """
            (sleep 2; kill -INT $$) >/dev/null 2>&1 &
            exec sst "$@"
            """);
        Run run = Run.Job(
            SstJob.Text(SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest("quicksort"), Long),
            $"peers[0].program={interrupted}");
        run.ExitCode.ShouldBe(5, run.Error);

        // Whichever of the two sides had something to do.
        run.Error.ShouldMatch(
            "SST ended its simulation before the guest's end|interrupted while it waited for the worker");
        SstJob.Sum(run, "vcpus", "loads").ShouldBeGreaterThan(0UL);
    }

    [SstFact]
    public void WithoutItsWorker_SstEnds()
    {
        using TempFolder folder = new();

        // The worker is the process beside sst below the front.
        string kills = SstJob.Wrapper(folder, $$"""
            echo $$ >{{folder.File("pid")}}
            (sleep 2
             for p in /proc/[0-9]*
             do case $(tr '\0' ' ' <$p/cmdline 2>/dev/null) in *"Cli worker $PPID "*) kill -KILL ${p#/proc/};; esac
             done) >/dev/null 2>&1 &
            exec sst "$@"
            """);
        Run run = Run.Job(
            SstJob.Text(SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest("quicksort"), Long),
            $"peers[0].program={kills}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("the worker of node0 died by");
        run.Error.ShouldContain("vcpus: the worker closed the connection");
        Directory.Exists($"/proc/{File.ReadAllText(folder.File("pid")).Trim()}").ShouldBeFalse();
    }
}
