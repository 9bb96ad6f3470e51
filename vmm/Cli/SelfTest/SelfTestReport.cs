using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>What `selftest` found: lines of the Test Anything Protocol (testanything.org,
/// "TAP specification", version 13), and JSON.</summary>
internal static class SelfTestReport
{
    /// <summary>The first line: how many results are to come.</summary>
    public static string Plan(int count) => $"1..{count.ToString(CultureInfo.InvariantCulture)}\n";

    /// <param name="number">From 1.</param>
    public static string Line(int number, SelfTestResult result)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"ok {number} - {result.Case.Name} # ");
        return result.Outcome.Verdict switch
        {
            SelfTestVerdict.Ok => $"{head}{result.Outcome.Text}\n",
            SelfTestVerdict.NotOk => $"not {head}{result.Outcome.Text}\n",
            _ => $"{head}skip {result.Outcome.Text}\n",
        };
    }

    /// <summary>The last line, a comment of the protocol.</summary>
    public static string Sum(IReadOnlyList<SelfTestResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"# {Of(results, SelfTestVerdict.Ok)} ok, {Of(results, SelfTestVerdict.NotOk)} not ok, "
            + $"{Of(results, SelfTestVerdict.Skipped)} skipped\n");

    public static string List(IReadOnlyList<SelfTestCase> cases)
    {
        int width = cases.Max(test => test.Name.Length);
        StringBuilder text = new();
        foreach (SelfTestCase test in cases)
        {
            text.Append($"{test.Name.PadRight(width)}  {test.What}\n");
        }

        return text.ToString();
    }

    public static string Json(IReadOnlyList<SelfTestResult> results)
    {
        JsonArray cases = [];
        foreach (SelfTestResult result in results)
        {
            cases.Add((JsonNode)new JsonObject
            {
                ["name"] = result.Case.Name,
                ["what"] = result.Case.What,
                ["verdict"] = Word(result.Outcome.Verdict),
                ["text"] = result.Outcome.Text,
            });
        }

        return new JsonObject
        {
            ["dilaton"] = ToolVersion.Text,
            ["commit"] = ToolVersion.Commit,
            ["host"] = $"{EnvironmentReport.CpuModel()}, "
                + System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            ["cases"] = cases,
            ["ok"] = Of(results, SelfTestVerdict.Ok),
            ["notOk"] = Of(results, SelfTestVerdict.NotOk),
            ["skipped"] = Of(results, SelfTestVerdict.Skipped),
        }.ToJsonString(PrettyJson.Options) + "\n";
    }

    public static int Of(IReadOnlyList<SelfTestResult> results, SelfTestVerdict verdict) =>
        results.Count(result => result.Outcome.Verdict == verdict);

    private static string Word(SelfTestVerdict verdict) => verdict switch
    {
        SelfTestVerdict.Ok => "ok",
        SelfTestVerdict.NotOk => "not ok",
        _ => "skipped",
    };
}
