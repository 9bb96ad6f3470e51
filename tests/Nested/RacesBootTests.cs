using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

public sealed class RacesBootTests(RacesBoot boot) : BootTests(boot), IClassFixture<RacesBoot>
{
    protected override IReadOnlyList<string> MaySkip =>
        ["kvm.exit-cost", "kvm.slice-overshoot", "engine.dilation"];

    /// <summary>The second one comes late: see hold.c of the bed.</summary>
    [NestedFact]
    [Trait("Tier", "slow")]
    public void BothProcessorsAreUp()
    {
        SerialLog.Step step = Log.Of("processors");
        step.Code.ShouldBe(0, step.Text);
        step.Lines.ShouldBe(["2"]);
    }

    /// <summary>A Linux of two cores that run at once, with interrupt controllers of our own: each starts and wakes the
    /// other, and time in which both halt is skipped, here ten seconds that are 50 of the bed's. By how much they are
    /// more than ten is the load's; a quiet bed takes some tenths of a second.</summary>
    [NestedFact]
    [Trait("Tier", "slow")]
    public void Linux_OfTwoCores_HasExactInterrupts()
    {
        SerialLog.Step step = Log.Of("exact-two");
        LinuxTime.CheckRun(step, cores: 2);
        (double outside, double inside, _) = LinuxTime.Slept(step);
        outside.ShouldBeLessThan(25, step.Text);
        inside.ShouldBeInRange(9.99, 15, step.Text);
    }
}
