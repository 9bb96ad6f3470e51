using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>What the bed's lines are taken for: the tests on it can be no better than that.</summary>
public sealed class SerialLogTests
{
    [Fact]
    public void Steps_HaveTheirOutputAndCode()
    {
        SerialLog log = new("noise\r\n@@ begin a\r\none\r\ntwo\r\n@@ end a 3\r\nnoise\r\n@@ done\r\n");
        log.Of("a").ShouldSatisfyAllConditions(
            step => step.Code.ShouldBe(3), step => step.Lines.ShouldBe(["one", "two"]));
        log.IsDone.ShouldBeTrue();
    }

    [Fact]
    public void AStepThatDidNotEnd_IsToldWithTheLastLines()
    {
        SerialLog log = new("@@ begin a\nKernel panic\n");
        log.IsDone.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => log.Of("a")).Message
            .ShouldContain("did not finish 'a'", Case.Sensitive);
        Should.Throw<InvalidOperationException>(() => log.Of("a")).Message
            .ShouldContain("Kernel panic", Case.Sensitive);
    }

    [Fact]
    public void Results_AreAllAccountedFor()
    {
        TapReport good = new(["1..2", "ok 1 - a.b # 5 us", "noise", "ok 2 - c # skip why"]);
        good.Complaints.ShouldBeEmpty();
        good.Names.ShouldBe(["a.b", "c"]);
        good.Skipped.ShouldBe(["c"]);
    }

    [Theory]
    [InlineData("1..1", "not ok 1 - a # 7")]
    [InlineData("1..2", "ok 1 - a # 7")]
    [InlineData("1..1", "ok 2 - a # 7")]
    [InlineData("ok 1 - a # 7")]
    public void WhatIsWrong_IsAComplaint(params string[] lines) =>
        new TapReport(lines).Complaints.Count.ShouldBe(1);
}
