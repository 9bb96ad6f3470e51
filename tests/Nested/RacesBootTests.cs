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
}
