using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A run that would not end is ended, with everything written.</summary>
public sealed partial class LimitTests
{
    private const int LimitReached = 4;
    private const int Interrupted = 130;
    private const int Terminated = 143;
    private const int SignalInterrupt = 2;
    private const int SignalTerminate = 15;

    [Theory]
    [InlineData("spin")]
    [InlineData("sleep")]
    public void Until_StopsAtThatVirtualTime(string way)
    {
        Run run = Run.Of(["--until", "20ms"], Paths.Guest("endless"), [way]);
        run.ExitCode.ShouldBe(LimitReached, run.Error);
        run.Output.ShouldBe("begun\n");
        run.Node["end"]!.GetValue<string>().ShouldBe("until");
        // At the first slice end at or after the limit: a slice is 1000 cycles.
        run.VirtualTimePs.ShouldBeInRange(20_000_000_000UL, 20_010_000_000UL);
        Whole(run);
    }

    [Fact]
    public void WallLimit_StopsTheRun()
    {
        Run run = Run.Of(["--wall-limit", "8s"], Paths.Guest("endless"), ["spin"]);
        run.ExitCode.ShouldBe(LimitReached, run.Error);
        run.Output.ShouldBe("begun\n");
        Whole(run);
    }

    [Theory]
    [InlineData(SignalInterrupt, Interrupted)]
    [InlineData(SignalTerminate, Terminated)]
    public void Signal_StopsTheRunAndWritesEverything(int signal, int exitCode)
    {
        var settings = new CommandSettings
        {
            ActOn = "begun",
            Act = id => Kill(id, signal).ShouldBe(0),
        };
        Run run = Run.Of([], Paths.Guest("endless"), ["spin"], settings);
        run.ExitCode.ShouldBe(exitCode, run.Error);
        run.Output.ShouldBe("begun\n");
        Whole(run);
        run.Result["exitCode"]!.GetValue<int>().ShouldBe(exitCode);
    }

    [Fact]
    public void KilledWorker_IsReportedAndWhatWasStreamedIsKept()
    {
        var settings = new CommandSettings { ActOn = "begun", Act = KillWorker };
        Run run = Run.Of([], Paths.Guest("endless"), ["print"], settings);
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("worker");
        run.Output.ShouldStartWith("begun\n");
        run.Result["complete"]!.GetValue<bool>().ShouldBeFalse();
        run.Node["end"]!.GetValue<string>().ShouldBe("lost");
        run.Files.Keys.ShouldContain("stats.txt");
    }

    private static void Whole(Run run)
    {
        run.Files.Keys.ShouldContain("stats.txt");
        run.Files.Keys.ShouldContain("stats.json");
        run.Files.Keys.ShouldContain("stats.csv");
        run.Result["complete"]!.GetValue<bool>().ShouldBeTrue();
        run.Instructions.ShouldBeGreaterThan(1000UL);
    }

    // The worker is a descendant of the front with "worker" on its command line.
    private static void KillWorker(int front)
    {
        var mine = new HashSet<int> { front };
        for (bool grew = true; grew;)
        {
            grew = false;
            foreach (string folder in Directory.GetDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), out int id)
                    && Parent(folder) is { } parent && mine.Contains(parent) && mine.Add(id))
                {
                    grew = true;
                }
            }
        }

        int worker = mine.Where(id => id != front).First(id =>
            File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains("worker"));
        Kill(worker, 9).ShouldBe(0);
    }

    private static int? Parent(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
