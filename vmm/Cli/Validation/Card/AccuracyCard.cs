using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>What `validate` found, for people and for programs.</summary>
internal static class AccuracyCard
{
    private const int WhatColumns = 52;

    public static string Text(LawSet set, IReadOnlyList<LawResult> results)
    {
        StringBuilder text = new();
        text.Append($"accuracy card of dilaton {ToolVersion.Text} ({ToolVersion.Commit})\n");
        text.Append($"engine {set.Engine}, {set.Time} time; {Host()}\n");
        foreach (LawResult result in results)
        {
            Law law = result.Law;
            text.Append($"\nlaw {law.Number}, {law.Title}: {Word(result.Verdict)}\n");
            text.Append($"  {law.Formula} ({law.Source})\n");
            foreach (LawCheck check in result.Checks)
            {
                text.Append(Line(check));
            }
        }

        text.Append($"\n{Sum(results)}\n");
        return text.ToString();
    }

    /// <summary>As docs/validation.schema.json has it.</summary>
    public static string Json(CardFacts facts, IReadOnlyList<LawResult> results) =>
        JsonSerializer.Serialize(
            Document(facts, results), ValidationJsonContext.Readable.ValidationDocument) + "\n";

    public static ValidationDocument Document(CardFacts facts, IReadOnlyList<LawResult> results) => new()
    {
        Schema = ValidationDocument.Version,
        Dilaton = ToolVersion.Text,
        Commit = ToolVersion.Commit,
        Engine = facts.Set.Engine,
        Time = facts.Set.Time,
        Host = Host(),
        Quick = facts.IsQuick,
        Status = ExitCode.WordOf(facts.ExitCode),
        ExitCode = facts.ExitCode,
        Passed = Count(results, CheckVerdict.Pass),
        Failed = Count(results, CheckVerdict.Fail),
        Skipped = Count(results, CheckVerdict.Skipped),
        Laws = [.. results.Select(Document)],
    };

    /// <summary>How many checks came out how.</summary>
    public static string Sum(IReadOnlyList<LawResult> results)
    {
        return $"{Count(results, CheckVerdict.Pass)} checks hold, {Count(results, CheckVerdict.Fail)} fail, "
            + $"{Count(results, CheckVerdict.Skipped)} were skipped";
    }

    private static int Count(IReadOnlyList<LawResult> results, CheckVerdict verdict) =>
        results.Sum(result => result.Checks.Count(check => check.Verdict == verdict));

    public static string Host() =>
        $"{EnvironmentReport.CpuModel()}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}";

    private static string Line(LawCheck check)
    {
        string head = $"  {Word(check.Verdict),-7} {check.What}";
        if (!check.IsMeasured)
        {
            return $"{head}: {check.Reason}\n";
        }

        string tolerance = check.Tolerance == 0
            ? "exactly"
            : $"within {Number(check.Tolerance)}";
        return $"{head.PadRight(WhatColumns + 10)} {Number(check.Measured)} {check.Unit}, law: "
            + $"{Number(check.Expected)} {tolerance}; error {Number(check.Error)}\n";
    }

    private static LawDocument Document(LawResult result) => new()
    {
        Law = result.Law.Number,
        Title = result.Law.Title,
        Formula = result.Law.Formula,
        Source = result.Law.Source,
        ClosedForm = result.Law.ClosedForm,
        Allowance = result.Law.Allowance,
        Verdict = Word(result.Verdict),
        Checks = [.. result.Checks.Select(Document)],
    };

    private static CheckDocument Document(LawCheck check) => new()
    {
        What = check.What,
        Verdict = Word(check.Verdict),
        Unit = check.IsMeasured ? check.Unit : null,
        Measured = check.IsMeasured ? check.Measured : null,
        Expected = check.IsMeasured ? check.Expected : null,
        Error = check.IsMeasured ? check.Error : null,
        Tolerance = check.IsMeasured ? check.Tolerance : null,
        Reason = check.IsMeasured ? null : check.Reason,
    };

    /// <summary>Whole numbers whole, others to six digits.</summary>
    public static string Number(double value) => value.ToString(
        value == Math.Truncate(value) && Math.Abs(value) < 1e15 ? "F0" : "G6",
        CultureInfo.InvariantCulture);

    public static string Word(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Pass => "pass",
        CheckVerdict.Fail => "FAIL",
        _ => "skipped",
    };
}
