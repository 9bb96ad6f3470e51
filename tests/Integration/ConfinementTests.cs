using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A worker is shut in once its guest runs, with all of its threads.</summary>
public sealed class ConfinementTests
{
    [Fact]
    public void RunningWorker_HasNoWayBack_InAnyOfItsThreads()
    {
        List<string> threads = [];
        string limits = "";
        Run run = Run.Of([], Paths.Guest("endless"), ["spin"], new()
        {
            ActOn = "begun",
            Act = front =>
            {
                int worker = Descendants.Of(front).Single(IsWorker);
                threads.AddRange(Directory.GetDirectories($"/proc/{worker}/task").Select(Status));
                limits = File.ReadAllText($"/proc/{worker}/limits");
                Command.Run("kill", [$"{front}"]);
            },
        });
        run.Output.ShouldBe("begun\n", run.Error);
        threads.Count.ShouldBeGreaterThan(1);
        threads.ShouldAllBe(status => status.Contains("NoNewPrivs:\t1\n") && status.Contains("Seccomp:\t2\n"));
        limits.ShouldMatch("Max core file size +0 +0 ");
    }

    [Fact]
    public void Doctor_SaysWhatTheHostHas()
    {
        CommandResult doctor = Command.Run(Paths.Dilaton, ["doctor"]);
        doctor.Output.ShouldContain("seccomp");
        doctor.Output.ShouldContain("Landlock");
    }

    private static bool IsWorker(int process) =>
        File.ReadAllText($"/proc/{process}/cmdline").Split('\0').Contains("worker");

    private static string Status(string thread) => File.ReadAllText(Path.Combine(thread, "status"));
}
