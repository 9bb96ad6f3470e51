using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class ConfinementChecksTests
{
    [Fact]
    public void WhatIsThere_IsSaidWithItsVersion()
    {
        IReadOnlyList<Finding> found = ConfinementChecks.Describe(hasSeccomp: true, landlock: 7);
        found.ShouldAllBe(finding => finding.Level == FindingLevel.Ok && finding.Remedy.Length == 0);
        found[1].Detail.ShouldContain("version 7");
    }

    [Fact]
    public void WhatIsMissing_IsWarnedOfWithWhatItMeans() =>
        ConfinementChecks.Describe(hasSeccomp: false, landlock: 0).ShouldAllBe(
            finding => finding.Level == FindingLevel.Warn && finding.Remedy.Contains("takes over its worker"));
}
