using System.Text.Json;
using System.Text.Json.Nodes;
using Dilaton.Cli;
using Dilaton.Tests.Laws.Programs;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>`dilaton validate` as a user has it: built-in guests, run by front and worker.</summary>
public sealed class ValidationTests
{
    private static readonly LawSet s_translator = Dilaton.Cli.Laws.Of("translator");
    private static readonly CardFacts s_facts = new(s_translator, IsQuick: false, ExitCode.CheckFailed);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(9)]
    public void EveryCheckOfTheLawHolds(int number) => Measure(number);

    [Theory]
    [Trait("Tier", "slow")]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void EveryCheckOfALongLawHolds(int number) => Measure(number);

    /// <summary>Their bounds are on what the ledger says: how fast the host is enters none.</summary>
    [KvmToolsTheory]
    [InlineData(5)]
    [InlineData(8)]
    public void EveryCheckOfMeasuredTimeHolds(int number) => Measure(number, "kvm");

    [Fact]
    public void AMachineOfOtherFigures_FailsItsLaw()
    {
        // As if a cycle were 1 ps longer.
        LawCheck exact = LawCheck.Exact("time", "ps", 668_001, 668_000);
        exact.Verdict.ShouldBe(CheckVerdict.Fail);
        LawCheck.Near("rate", "Mbps", 104.9, 100, 0.05).Verdict.ShouldBe(CheckVerdict.Pass);
        LawCheck near = LawCheck.Near("rate", "Mbps", 105.1, 100, 0.05);
        near.Verdict.ShouldBe(CheckVerdict.Fail);
        ValidateCommand.CodeOf([Result(exact, near)], isByNumber: false)
            .ShouldBe(ExitCode.CheckFailed);
    }

    [Fact]
    public void WhatTheHostLacks_IsSkipped_AndToldByTheCodeIfItWasAskedFor()
    {
        LawResult skipped = Result(LawCheck.Skip("counts", "valgrind is not in PATH", true));
        skipped.Verdict.ShouldBe(CheckVerdict.Skipped);
        ValidateCommand.CodeOf([skipped], isByNumber: true).ShouldBe(ExitCode.EnvironmentMissing);
        ValidateCommand.CodeOf([skipped], isByNumber: false).ShouldBe(ExitCode.Ok);
        AccuracyCard.Text(s_translator, [skipped]).ShouldContain("skipped counts: valgrind is not in PATH");
        AccuracyCard.Sum([skipped]).ShouldBe("0 checks hold, 0 fail, 1 were skipped");
    }

    [Fact]
    public void TheCard_HasWhatWasMeasured_Expected_AndAllowed()
    {
        LawResult result = Result(LawCheck.Within("wait", "ps", 90, 100, 20));
        JsonNode check = JsonNode.Parse(
            AccuracyCard.Json(s_facts, [result]))!["laws"]![0]!["checks"]![0]!;
        check["measured"]!.GetValue<double>().ShouldBe(90);
        check["expected"]!.GetValue<double>().ShouldBe(100);
        check["error"]!.GetValue<double>().ShouldBe(-10);
        check["tolerance"]!.GetValue<double>().ShouldBe(20);
        check["verdict"]!.GetValue<string>().ShouldBe("pass");
        AccuracyCard.Text(s_translator, [result]).ShouldContain("90 ps, law: 100 within 20; error -10");
    }

    /// <summary>The schema is that of the records (SchemaFileTests), and they take no other keys.</summary>
    [Fact]
    public void TheCardAsJson_IsWhatItsSchemaSays()
    {
        string json = AccuracyCard.Json(
            s_facts, [Result(LawCheck.Exact("time", "ps", 3, 2), LawCheck.Skip("counts", "no valgrind", true))]);
        ValidationDocument card =
            JsonSerializer.Deserialize(json, ValidationJsonContext.Default.ValidationDocument)!;
        (card.Schema, card.Status, card.ExitCode).ShouldBe(("dilaton-validation/v1", "check-failed", 3));
        (card.Passed, card.Failed, card.Skipped).ShouldBe((0, 1, 1));
        LawDocument law = card.Laws.Single();
        (law.Law, law.Verdict).ShouldBe((1, "FAIL"));
        law.Checks.Select(check => (check.Measured, check.Reason))
            .ShouldBe([(3, null), (null, "no valgrind")]);
    }

    [Fact]
    public void TheCardAsAPage_HasEachLawsWords_Figures_AndVerdict_AndLoadsNothing()
    {
        LawResult[] results =
        [
            .. Dilaton.Cli.Laws.All.Select(law => new LawResult(
                law, [LawCheck.Within("a <wait>", "ps", 90, 100, law.Number == 7 ? 5 : 20)])),
        ];
        string page = CardPage.Write(s_facts, results);
        foreach (Law law in Dilaton.Cli.Laws.All)
        {
            page.ShouldContain($"<section id=law{law.Number}><h2>Law {law.Number}, {law.Title}: ");
            foreach (string words in (string[])[law.Formula, law.Source, law.ClosedForm, law.Allowance])
            {
                page.ShouldContain($"<dd>{HtmlText.Escape(words)}\n");
            }
        }

        page.ShouldContain("<td>a &lt;wait&gt;<td class=bad>FAIL<td class=n>90<td class=n>100<td>ps<td class=n>-10");
        page.ShouldContain("8 checks hold, 1 fail, 0 were skipped");
        page.ShouldNotContain("{{");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("http");
    }

    [Fact]
    public void AGuestThatFails_EndsTheMeasurement()
    {
        GuestCode code = new();
        code.Exit(3);
        using LawBench bench = new(quick: true, TextWriter.Null);
        LawRunException failure = Should.Throw<LawRunException>(
            () => bench.Run([new LawNode("three", code.ToImage())], "kernel: ideal"));
        failure.Code.ShouldBe(ExitCode.GuestFailed);
        failure.IsStopped.ShouldBeFalse();
    }

    private static void Measure(int number, string engine = "translator")
    {
        Law law = Dilaton.Cli.Laws.Of(engine).Laws.Single(l => l.Number == number);
        List<string> warnings = [];
        using LawBench bench = new(quick: true, TextWriter.Null, Listening(warnings));
        LawCheck[] checks = [.. law.Measure(bench)];
        checks.ShouldNotContain(c => c.Verdict == CheckVerdict.Fail);
        checks.ShouldContain(c => c.Verdict == CheckVerdict.Pass || c.LacksTool);

        // What a KVM lacks is told of, too: of that engine only what guests do counts.
        warnings.Where(w => engine == "translator" || w.Contains("DL05", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>Our own parts; adds what the runs warn of.</summary>
    private static LawSubject Listening(List<string> warnings) => new()
    {
        Launch = (source, changes, options) =>
        {
            int code = LawSubject.Own.Launch(source, changes, options);
            JsonNode result = JsonNode.Parse(File.ReadAllText(Path.Combine(options.Folder!, "result.json")))!;
            warnings.AddRange(result["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()));
            return code;
        },
    };

    private static LawResult Result(params LawCheck[] checks) =>
        new(Dilaton.Cli.Laws.All[0], checks);
}
