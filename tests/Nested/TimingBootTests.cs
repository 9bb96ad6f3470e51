using Xunit;

namespace Dilaton.Tests.Nested;

public sealed class TimingBootTests(TimingBoot boot) : BootTests(boot), IClassFixture<TimingBoot>
{
    protected override IReadOnlyList<string> MaySkip => [];
}
