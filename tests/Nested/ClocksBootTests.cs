using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

[Trait("Tier", "slow")]
public sealed partial class ClocksBootTests(ClocksBoot boot) : IClassFixture<ClocksBoot>
{
    /// <summary>`ctl pause` for three seconds of the host's time: the guest's counter does not go on meanwhile, and no
    /// timer expires before its time. Gaps are of other processes' turns on the bed's one processor.</summary>
    [NestedTheory]
    [InlineData("deadline")]
    [InlineData("once")]
    public void APausedMachine_SeesNothingOfIt(string name)
    {
        SerialLog.Step step = boot.Log.Of(name);
        step.Code.ShouldBe(0, step.Text);
        Match found = Gaps().Match(step.Text);
        found.Success.ShouldBeTrue(step.Text);
        Number(found.Groups[1].Value).ShouldBeGreaterThan(100, step.Text);
        found.Groups[2].Value.ShouldBe("0", step.Text);
        Number(found.Groups[3].Value).ShouldBeLessThan(100_000, step.Text);
        Number(found.Groups[4].Value).ShouldBeLessThan(100_000, step.Text);
        string[] outside = step.Lines
            .Single(line => line.StartsWith("@ outside ", StringComparison.Ordinal)).Split(' ');
        (Number(outside[3]) - Number(outside[2])).ShouldBeGreaterThan(6 + 3, step.Text);
    }

    /// <summary>16 vCPUs on one processor: in each window of 100 ms of the guest's time each counts as far as the
    /// others, within 1 %, and none is ever ahead by more than a slice and what slices are too long.</summary>
    [NestedFact]
    public void SixteenVcpus_OnOneProcessor_HaveEqualShares()
    {
        SerialLog.Step step = boot.Log.Of("shares");
        step.Code.ShouldBe(0, step.Text);
        Match found = Shares().Match(step.Text);
        found.Success.ShouldBeTrue(step.Text);
        Number(found.Groups[1].Value).ShouldBeGreaterThanOrEqualTo(9_900, step.Text);
        Number(found.Groups[2].Value).ShouldBeLessThanOrEqualTo(10_100, step.Text);
        const double Slice = 0.5e-3;
        Statistic(step, "skewMax").ShouldBeLessThanOrEqualTo(Slice + Statistic(step, "overshootMax"), step.Text);
        Statistic(step, "slices").ShouldBeGreaterThan(10_000, step.Text);
        for (int i = 0; i < 16; i++)
        {
            Statistic(step, $"share{i}").ShouldBe(1 / 16.0, 0.01 / 16, step.Text);
        }
    }

    [NestedTheory]
    [InlineData("four", 5, 4)]
    [InlineData("slow", 100, 1)]
    [InlineData("fast", 0.5, 1)]
    public void Linux_KeepsItsTime(string name, double tdf, int cores) =>
        LinuxTime.Check(boot.Log.Of(name), tdf, cores);

    /// <summary>Of a soak: none else.</summary>
    [NestedFact]
    public void Linux_KeepsItsTime_AtAllFactors()
    {
        foreach (string tdf in ClocksBoot.More.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            LinuxTime.Check(boot.Log.Of($"tdf{tdf}"), Number(tdf), 1);
        }
    }

    private static double Statistic(SerialLog.Step step, string name) => Number(step.Lines
        .Single(line => line.StartsWith($"node0.turns.{name} ", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9]+) ticks, ([0-9]+) early, longest gap ([0-9]+) us, latest tick ([0-9]+) us")]
    private static partial Regex Gaps();

    [GeneratedRegex("shares ([0-9]+) to ([0-9]+) of 10000")]
    private static partial Regex Shares();
}
