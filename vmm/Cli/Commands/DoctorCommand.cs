using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>`dilaton doctor`.</summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("doctor", "Say what this host has, lacks, and how to get it.");
        command.Add(json);
        command.SetAction(parsed =>
        {
            IReadOnlyList<Finding> findings = HostChecks.All();
            Console.Out.Write(parsed.GetValue(json) ? Json(findings) : Text(findings));
            return findings.Any(f => f.Level == FindingLevel.Fail)
                ? ExitCode.EnvironmentMissing
                : ExitCode.Ok;
        });
        return command;
    }

    public static string Text(IReadOnlyList<Finding> findings)
    {
        StringBuilder text = new();
        foreach (Finding finding in findings)
        {
            string remedy = finding.Remedy.Length > 0 ? $": {finding.Remedy}" : "";
            text.Append($"{Word(finding.Level),-5} {finding.Name,-14} {finding.Detail}{remedy}\n");
        }

        return text.ToString();
    }

    private static string Json(IReadOnlyList<Finding> findings)
    {
        JsonArray list = [];
        foreach (Finding finding in findings)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["name"] = finding.Name,
                ["level"] = Word(finding.Level),
                ["detail"] = finding.Detail,
                ["remedy"] = finding.Remedy,
            });
        }

        return new JsonObject { ["checks"] = list }.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static string Word(FindingLevel level) => level switch
    {
        FindingLevel.Ok => "ok",
        FindingLevel.Warn => "warn",
        _ => "fail",
    };
}
