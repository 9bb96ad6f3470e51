using System.Text.Json.Nodes;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SelfTestReportTests
{
    private static readonly SelfTestCase s_good = new(
        "a.good", "what is good", _ => SelfTestOutcome.Ok($"{12.5} us\nand more"));

    private static readonly SelfTestCase s_bad = new(
        "a.bad", "what is bad", _ => SelfTestOutcome.NotOk($"7 of 8"));

    private static readonly SelfTestCase s_absent = new(
        "b.absent", "what is not there", _ => SelfTestOutcome.Skip($"no device"));

    private static readonly SelfTestCase s_broken = new(
        "b.broken", "what throws", _ => throw new InvalidOperationException("it broke"));

    private static readonly SelfTestCase s_quiet = new(
        "c.quiet", "what takes time", _ => SelfTestOutcome.Ok($"3 us"), NeedsQuietHost: true);

    [Fact]
    public void EachResult_IsALineOfTap()
    {
        List<string> lines = [];
        Run(withTiming: false, result => lines.Add(SelfTestReport.Line(lines.Count + 1, result)));

        lines.ShouldBe(
        [
            "ok 1 - a.good # 12.5 us and more\n",
            "not ok 2 - a.bad # 7 of 8\n",
            "ok 3 - b.absent # skip no device\n",
            "not ok 4 - b.broken # InvalidOperationException: it broke\n",
            "ok 5 - c.quiet # skip bounds on host time: --timing on a quiet host\n",
        ]);
        SelfTestReport.Plan(lines.Count).ShouldBe("1..5\n");
    }

    [Fact]
    public void CasesThatNeedAQuietHost_AreTriedWithTimingOnly()
    {
        Run(withTiming: true)[^1].Outcome.ShouldBe(SelfTestOutcome.Ok($"3 us"));
        Run(withTiming: false)[^1].Outcome.Verdict.ShouldBe(SelfTestVerdict.Skipped);
    }

    [Fact]
    public void TheCode_TellsWhatFailed_AndWhatCouldNotBeTriedIfItWasAskedFor()
    {
        SelfTestResult good = Result(s_good), bad = Result(s_bad), absent = Result(s_absent);
        SelfTestCommand.CodeOf([good, bad, absent], isByName: false).ShouldBe(ExitCode.CheckFailed);
        SelfTestCommand.CodeOf([good, absent], isByName: true).ShouldBe(ExitCode.Ok);
        SelfTestCommand.CodeOf([absent], isByName: false).ShouldBe(ExitCode.Ok);
        SelfTestCommand.CodeOf([absent], isByName: true).ShouldBe(ExitCode.EnvironmentMissing);
    }

    [Fact]
    public void Json_HasEveryCaseAndTheSums()
    {
        JsonNode json = JsonNode.Parse(SelfTestReport.Json([Result(s_good), Result(s_bad), Result(s_absent)]))!;
        json["cases"]!.AsArray().Select(c => c!["verdict"]!.GetValue<string>())
            .ShouldBe(["ok", "not ok", "skipped"]);
        json["cases"]![1]!["name"]!.GetValue<string>().ShouldBe("a.bad");
        json["cases"]![1]!["what"]!.GetValue<string>().ShouldBe("what is bad");
        json["cases"]![1]!["text"]!.GetValue<string>().ShouldBe("7 of 8");
        (json["ok"]!.GetValue<int>(), json["notOk"]!.GetValue<int>(), json["skipped"]!.GetValue<int>())
            .ShouldBe((1, 1, 1));
    }

    [Fact]
    public void Cases_HaveNamesOfTheirOwn_InLowerCase_WithAnArea()
    {
        string[] names = [.. SelfTestSuite.All.Select(test => test.Name)];
        names.ShouldBeUnique();
        names.ShouldAllBe(name => System.Text.RegularExpressions.Regex.IsMatch(name, "^[a-z0-9]+\\.[a-z0-9-]+$"));
        string list = SelfTestReport.List(SelfTestSuite.All);
        SelfTestSuite.All.ShouldAllBe(test => list.Contains(test.Name) && list.Contains(test.What));
    }

    [Fact]
    public void Filters_TakeEveryCaseThatHoldsOneOfTheTexts()
    {
        SelfTestSuite.Select([]).ShouldBe(SelfTestSuite.All);
        SelfTestSuite.Select(["translator.clock", "host."]).Select(test => test.Name)
            .ShouldBe(["host.requirements", "host.native-code", "translator.clock"]);
        SelfTestSuite.Select(["nothing-of-the-kind"]).ShouldBeEmpty();
    }

    private static IReadOnlyList<SelfTestResult> Run(bool withTiming, Action<SelfTestResult>? tell = null)
    {
        using LawBench bench = new(quick: true, TextWriter.Null);
        return SelfTestRunner.Run(
            [s_good, s_bad, s_absent, s_broken, s_quiet], withTiming, bench, tell ?? (_ => { }));
    }

    private static SelfTestResult Result(SelfTestCase test) => new(test, test.Try(null!));
}
