using System.Text;

namespace Dilaton.Cli;

/// <summary>The accuracy card as one HTML page in the style of the reports. It loads nothing, and has no
/// script.</summary>
internal static class CardPage
{
    public static string Write(CardFacts facts, IReadOnlyList<LawResult> results)
    {
        StringBuilder body = new();
        AppendHead(body, facts, results);
        AppendLaws(body, results);
        foreach (LawResult result in results)
        {
            AppendLaw(body, result);
        }

        string title = $"Accuracy card of dilaton {ToolVersion.Text}";
        return PageFile.Read("page.html")
            .Replace("{{title}}", E(title), StringComparison.Ordinal)
            .Replace("{{scripts}}", "", StringComparison.Ordinal)
            .Replace("{{style}}", PageFile.Read("page.css"), StringComparison.Ordinal)
            .Replace("{{body}}", body.ToString(), StringComparison.Ordinal);
    }

    private static void AppendHead(StringBuilder body, CardFacts facts, IReadOnlyList<LawResult> results)
    {
        string level = facts.ExitCode switch
        {
            ExitCode.Ok => "ok",
            ExitCode.CheckFailed => "bad",
            _ => "warn",
        };
        body.Append("<header><p class=kind>Dilaton validate</p>\n<h1>Accuracy card</h1>\n");
        body.Append($"<p class=\"verdict {level}\" id=verdict>{E(AccuracyCard.Sum(results))}</p>\n<dl>\n");
        Fact(body, "Dilaton", $"{ToolVersion.Text} ({ToolVersion.Commit})");
        Fact(body, "Engine", $"{facts.Set.Engine}, {facts.Set.Time} time");
        Fact(body, "Host", AccuracyCard.Host());
        Fact(body, "Extent", facts.IsQuick ? "less of each law (--quick)" : "all of each law");
        Fact(body, "Exit code", $"{facts.ExitCode} ({ExitCode.WordOf(facts.ExitCode)})");
        body.Append("</dl></header>\n");
    }

    private static void AppendLaws(StringBuilder body, IReadOnlyList<LawResult> results)
    {
        body.Append("<section><h2>The laws</h2>\n<div class=scroll><table class=data><thead><tr><th>Law<th>Says");
        body.Append("<th>Verdict<th class=n>Hold<th class=n>Fail<th class=n>Skipped</thead><tbody>\n");
        foreach (LawResult result in results)
        {
            int Of(CheckVerdict verdict) => result.Checks.Count(check => check.Verdict == verdict);
            Law law = result.Law;
            body.Append($"<tr><td><a href=\"#law{law.Number}\">{law.Number}, {E(law.Title)}</a>");
            body.Append($"<td>{E(law.Formula)}<td{Bad(result.Verdict)}>{AccuracyCard.Word(result.Verdict)}");
            body.Append($"<td class=n>{Of(CheckVerdict.Pass)}<td class=n>{Of(CheckVerdict.Fail)}");
            body.Append($"<td class=n>{Of(CheckVerdict.Skipped)}\n");
        }

        body.Append("</tbody></table></div></section>\n");
    }

    private static void AppendLaw(StringBuilder body, LawResult result)
    {
        Law law = result.Law;
        body.Append($"<section id=law{law.Number}><h2>Law {law.Number}, {E(law.Title)}: ");
        body.Append($"{AccuracyCard.Word(result.Verdict)}</h2>\n<dl>\n");
        Fact(body, "Says", law.Formula);
        Fact(body, "Source", law.Source);
        Fact(body, "Closed form", law.ClosedForm);
        Fact(body, "Tolerance", law.Allowance);
        body.Append("</dl>\n<div class=scroll><table class=data><thead><tr><th>Check<th>Verdict<th class=n>Measured");
        body.Append("<th class=n>Law<th>Unit<th class=n>Error<th class=n>Tolerance</thead><tbody>\n");
        foreach (LawCheck check in result.Checks)
        {
            AppendCheck(body, check);
        }

        body.Append("</tbody></table></div></section>\n");
    }

    private static void AppendCheck(StringBuilder body, LawCheck check)
    {
        body.Append($"<tr><td>{E(check.What)}<td{Bad(check.Verdict)}>{AccuracyCard.Word(check.Verdict)}");
        if (!check.IsMeasured)
        {
            body.Append($"<td colspan=5>{E(check.Reason)}\n");
            return;
        }

        body.Append($"<td class=n>{AccuracyCard.Number(check.Measured)}<td class=n>");
        body.Append($"{AccuracyCard.Number(check.Expected)}<td>{E(check.Unit)}<td class=n>");
        body.Append($"{AccuracyCard.Number(check.Error)}<td class=n>");
        body.Append(check.Tolerance == 0 ? "exactly\n" : $"{AccuracyCard.Number(check.Tolerance)}\n");
    }

    private static void Fact(StringBuilder body, string label, string text) =>
        body.Append($"<dt>{E(label)}<dd>{E(text)}\n");

    private static string Bad(CheckVerdict verdict) => verdict == CheckVerdict.Fail ? " class=bad" : "";

    private static string E(string text) => HtmlText.Escape(text);
}
