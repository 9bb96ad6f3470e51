using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

public sealed class TimingBootTests(TimingBoot boot) : BootTests(boot), IClassFixture<TimingBoot>
{
    protected override IReadOnlyList<string> MaySkip => [];

    [NestedFact]
    public void TheLawsOfMeasuredTime_Hold()
    {
        SerialLog.Step laws = Log.Of("laws");
        laws.Code.ShouldBe(0, laws.Text);
        laws.Text.ShouldContain("pass    rate of TCP over 10 Mbps at TDF 10");
        laws.Text.ShouldContain("0 fail, 0 were skipped");
    }
}
