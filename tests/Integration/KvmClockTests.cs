using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Clocks of programs under KVM against the ledger. Bounds are on figures of the ledger, or on
/// CPU time: what else the host does enters none.</summary>
public sealed partial class KvmClockTests
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int Changes = 20;

    /// <summary>As often as a soak wants: LOOKS of each of four threads.</summary>
    [KvmTheory]
    [InlineData(2_500)]
    public void NoClockGoesBack_OnFourCores_WhileTheFactorChanges(int looks) => Watch(looks);

    [KvmTheory]
    [Trait("Tier", "soak")]
    [InlineData(250_000)]
    public void NoClockGoesBack_InAMillionLooks(int looks) => Watch(looks);

    /// <summary>Over at least a second, most of it slept.</summary>
    [KvmTheory]
    [InlineData("1/2", 1, 2)]
    [InlineData("1", 1, 1)]
    [InlineData("3/2", 3, 2)]
    [InlineData("7", 7, 1)]
    [InlineData("10", 10, 1)]
    [InlineData("100", 100, 1)]
    public void TheGuestsClock_IsTheLedgers(string tdf, int numerator, int denominator)
    {
        Run run = Run.Of(
            ["--engine", "kvm", "--tdf", tdf, "kernel=ideal"], Paths.Guest("clockwatch"), ["sleep", "1000"]);
        run.ExitCode.ShouldBe(0, run.Error);
        decimal ledger = run.VirtualTimePs / 1_000m;
        decimal shows = Said(run.Output).Shows;
        shows.ShouldBeInRange(NanosecondsPerSecond, ledger);

        // What is left is the program's way to its end.
        shows.ShouldBeGreaterThan(ledger * 0.995m);
        decimal units = run.Statistic("vcpu0.cycles.executed") + run.Statistic("vcpu0.cycles.waiting");
        ((decimal)run.VirtualTimePs).ShouldBe(decimal.Floor(units * 1_000 * denominator / numerator));
    }

    /// <summary>In base run a clock counts CPU time, and stands when the process does; in base wall the
    /// stop is found and left out.</summary>
    [KvmTheory]
    [InlineData("run")]
    [InlineData("wall")]
    public void AProcessThatIsStopped_LosesNoTime(string timeBase)
    {
        const long Slice = 4_000_000;
        TimeSpan stop = TimeSpan.FromSeconds(2);
        long begin = TimeProvider.System.GetTimestamp();
        using RunningJob job = RunningJob.Of(
            Paths.Guest("clockwatch"), ["until", "enough"], "--engine", "kvm", $"time.base={timeBase}");
        string work = Path.GetDirectoryName(job.Folder)!;
        Until(() => File.Exists(Path.Combine(work, "enough.looking")) || !Descendants.IsAlive(job.ProcessId));
        int[] all = [job.ProcessId, .. Descendants.Of(job.ProcessId)];
        Signal("-STOP", all);
        long stopped = TimeProvider.System.GetTimestamp();
        Until(() => TimeProvider.System.GetElapsedTime(stopped) >= stop);
        Signal("-CONT", all);
        File.WriteAllText(Path.Combine(work, "enough"), "");
        job.WaitForEnd().ShouldBe(0, job.Error);
        (long back, long gap, long span, _) = Said(job.Output);
        back.ShouldBe(0);

        // The host's clock, which the guest's can't have outrun, has the stop as well.
        long host = (long)TimeProvider.System.GetElapsedTime(begin).TotalNanoseconds;
        span.ShouldBeLessThan(host - (long)stop.TotalNanoseconds + Slice);
        if (timeBase == "run")
        {
            gap.ShouldBeLessThan(Slice);
            return;
        }

        Match told = Stops().Match(job.Text("result.json"));
        told.Success.ShouldBeTrue(job.Text("result.json"));
        long milliseconds = long.Parse(told.Groups["ms"].Value, CultureInfo.InvariantCulture);

        // A process stands once its threads have had a processor to do so.
        milliseconds.ShouldBeGreaterThan((long)stop.TotalMilliseconds / 2);
    }

    [KvmFact]
    public void BaseWall_FollowsTheHostsClock_AlsoWhenNothingRuns()
    {
        long begin = TimeProvider.System.GetTimestamp();
        Run run = Run.Of(
            ["--engine", "kvm", "--tdf", "1/4", "time.base=wall"], Paths.Guest("clockwatch"), ["sleep", "2000"]);
        long host = (long)TimeProvider.System.GetElapsedTime(begin).TotalNanoseconds;
        run.ExitCode.ShouldBe(0, run.Error);

        // 2 s of the guest's are half a second of the host's.
        host.ShouldBeGreaterThan(NanosecondsPerSecond / 2);
        (run.VirtualTimePs / 1_000).ShouldBeInRange(
            2 * (ulong)NanosecondsPerSecond, (ulong)host * 4);
        run.Node["clockRung"]!.GetValue<string>().ShouldStartWith("the host's steady clock / tdf");
        run.Statistic("vcpu0.cycles.kernel").ShouldBe(0);
        run.Result["estimates"]!.ToJsonString().ShouldContain("it is in waiting, which is all");
    }

    private static void Watch(int looks)
    {
        string[] factors = ["1", "10", "1/2", "3/2"];
        string steps = string.Join(", ", Enumerable.Range(0, Changes + 1).Select(
            i => $"{{from: {i * 500}us, factor: {factors[i % factors.Length]}}}"));
        Run run = Run.Of(
            ["--engine", "kvm", "--cores", "4", $"time.tdf=[{steps}]"],
            Paths.Guest("clockwatch"),
            ["looks", looks.ToString(CultureInfo.InvariantCulture), "4"],
            new() { Limit = TimeSpan.FromMinutes(20) });
        run.ExitCode.ShouldBe(0, run.Output + run.Error);
        Said(run.Output).Back.ShouldBe(0);
        run.Node["dilation"]!.AsArray().Count.ShouldBe(Changes);
        run.AddsUp(4);
    }

    private static (long Back, long Gap, long Span, long Shows) Said(string output)
    {
        Match line = Line().Match(output);
        line.Success.ShouldBeTrue(output);
        long Of(string name) => long.Parse(line.Groups[name].Value, CultureInfo.InvariantCulture);
        return (Of("back"), Of("gap"), Of("span"), Of("shows"));
    }

    private static void Signal(string signal, int[] processes) => Command.Run(
        "/bin/kill", [signal, .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);

    private static void Until(Func<bool> condition) =>
        SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(2)).ShouldBeTrue();

    [GeneratedRegex(
        @"(?<back>\d+) went back; longest gap (?<gap>\d+) ns; span (?<span>\d+) ns; shows (?<shows>\d+) ns")]
    private static partial Regex Line();

    [GeneratedRegex(@"stopped \d+ times, for (?<ms>\d+) ms in all")]
    private static partial Regex Stops();
}
