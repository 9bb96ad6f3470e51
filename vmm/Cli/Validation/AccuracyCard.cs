using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

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

    public static string Json(LawSet set, IReadOnlyList<LawResult> results)
    {
        JsonArray laws = [];
        foreach (LawResult result in results)
        {
            JsonArray checks = [];
            foreach (LawCheck check in result.Checks)
            {
                checks.Add((JsonNode)Json(check));
            }

            laws.Add((JsonNode)new JsonObject
            {
                ["law"] = result.Law.Number,
                ["title"] = result.Law.Title,
                ["formula"] = result.Law.Formula,
                ["source"] = result.Law.Source,
                ["verdict"] = Word(result.Verdict),
                ["checks"] = checks,
            });
        }

        return new JsonObject
        {
            ["dilaton"] = ToolVersion.Text,
            ["commit"] = ToolVersion.Commit,
            ["engine"] = set.Engine,
            ["host"] = Host(),
            ["laws"] = laws,
        }.ToJsonString(PrettyJson.Options) + "\n";
    }

    /// <summary>How many checks came out how.</summary>
    public static string Sum(IReadOnlyList<LawResult> results)
    {
        LawCheck[] checks = [.. results.SelectMany(result => result.Checks)];
        int Of(CheckVerdict verdict) => checks.Count(check => check.Verdict == verdict);
        return $"{Of(CheckVerdict.Pass)} checks hold, {Of(CheckVerdict.Fail)} fail, "
            + $"{Of(CheckVerdict.Skipped)} were skipped";
    }

    private static string Host() =>
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

    private static JsonObject Json(LawCheck check)
    {
        JsonObject json = new()
        {
            ["what"] = check.What,
            ["verdict"] = Word(check.Verdict),
        };
        if (check.IsMeasured)
        {
            json["unit"] = check.Unit;
            json["measured"] = check.Measured;
            json["expected"] = check.Expected;
            json["error"] = check.Error;
            json["tolerance"] = check.Tolerance;
        }
        else
        {
            json["reason"] = check.Reason;
        }

        return json;
    }

    /// <summary>Whole numbers whole, others to six digits.</summary>
    private static string Number(double value) => value.ToString(
        value == Math.Truncate(value) && Math.Abs(value) < 1e15 ? "F0" : "G6",
        CultureInfo.InvariantCulture);

    private static string Word(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Pass => "pass",
        CheckVerdict.Fail => "FAIL",
        _ => "skipped",
    };
}
