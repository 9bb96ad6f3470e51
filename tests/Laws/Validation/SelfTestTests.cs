using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>`dilaton selftest` on this host, whatever it has: no case fails. The nested bed
/// (tests/Nested) is where none may be skipped.</summary>
public sealed class SelfTestTests
{
    [Fact]
    public void NoCase_Fails()
    {
        using LawBench bench = new(quick: true, TextWriter.Null);
        IReadOnlyList<SelfTestResult> results =
            SelfTestRunner.Run(SelfTestSuite.All, withTiming: false, bench, _ => { });
        results.Where(result => result.Outcome.Verdict == SelfTestVerdict.NotOk)
            .Select(result => $"{result.Case.Name}: {result.Outcome.Text}").ShouldBeEmpty();
        results.Single(result => result.Case.Name == "translator.instructions")
            .Outcome.ShouldBe(SelfTestOutcome.Ok($"2000010 instructions: 694289191 ps, law 694289191 ps"));
    }
}
