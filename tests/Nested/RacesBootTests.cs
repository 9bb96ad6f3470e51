using Xunit;

namespace Dilaton.Tests.Nested;

public sealed class RacesBootTests(RacesBoot boot) : BootTests(boot), IClassFixture<RacesBoot>
{
    protected override IReadOnlyList<string> MaySkip =>
        ["kvm.exit-cost", "kvm.slice-overshoot", "engine.dilation"];
}
