using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>Every law can fail: with a wrong part in the place of ours it goes red, and the card names it. That
/// our own parts pass the same laws is <see cref="ValidationTests"/>'s.</summary>
public sealed class LawMutationTests
{
    private const string Lacking = "the host lacks a program";

    public static TheoryData<int, string> Quick => Of(isSlow: false);

    public static TheoryData<int, string> Slow => Of(isSlow: true);

    [Theory]
    [MemberData(nameof(Quick))]
    public void AWrongPart_TurnsItsLawRed(int law, string wrong) => Check(law, wrong);

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(Slow))]
    public void AWrongPart_TurnsItsLongLawRed(int law, string wrong) => Check(law, wrong);

    [Fact]
    public void EveryLaw_HasTwoAtLeast() => Dilaton.Cli.Laws.All
        .ShouldAllBe(law => LawMutations.All.Count(mutation => mutation.Law == law.Number) >= 2);

    /// <summary>docs/validation.md, "Every law can fail": a row of each, in this order.</summary>
    [Fact]
    public void TheTableOfTheManual_IsTheseMutations()
    {
        string[] rows =
        [
            .. File.ReadLines(Path.Combine(Root(), "docs", "validation.md"))
                .SkipWhile(line => line != "## Every law can fail").Skip(1)
                .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2),
        ];
        rows.ShouldBe(LawMutations.All.Select(m => $"| {m.Law} | {m.Wrong} | `FAIL    {m.Check}` |"));
    }

    private static TheoryData<int, string> Of(bool isSlow)
    {
        TheoryData<int, string> data = [];
        foreach (LawMutation mutation in LawMutations.All.Where(m => m.IsSlow == isSlow))
        {
            data.Add(mutation.Law, mutation.Wrong);
        }

        return data;
    }

    /// <summary>Measures up to the first check that fails.</summary>
    private static void Check(int number, string wrong)
    {
        LawMutation mutation = LawMutations.All.Single(m => m.Law == number && m.Wrong == wrong);
        Law law = Dilaton.Cli.Laws.All.Single(l => l.Number == number);
        List<LawCheck> checks = [];
        using LawBench bench = new(quick: true, TextWriter.Null, mutation.Subject);
        foreach (LawCheck check in law.Measure(bench))
        {
            checks.Add(check);
            if (check.Verdict == CheckVerdict.Fail)
            {
                break;
            }
        }

        if (checks.Any(check => check.LacksTool))
        {
            checks.ShouldAllBe(check => check.Verdict == CheckVerdict.Skipped, Lacking);
            return;
        }

        LawCheck last = checks[^1];
        last.Verdict.ShouldBe(CheckVerdict.Fail, $"{checks.Count} checks hold with what is wrong");
        last.What.ShouldBe(mutation.Check);
        LawResult result = new(law, checks);
        ValidateCommand.CodeOf([result], isByNumber: false).ShouldBe(ExitCode.CheckFailed);
        string card = AccuracyCard.Text(Dilaton.Cli.Laws.Of("translator"), [result]);
        card.ShouldContain($"law {number}, {law.Title}: FAIL");
        card.ShouldContain($"  FAIL    {mutation.Check}");
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
