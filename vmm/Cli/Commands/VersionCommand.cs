using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>`dilaton version`.</summary>
internal static class VersionCommand
{
    public static Command Build()
    {
        Option<bool> json = new("--json") { Description = "As one JSON object." };
        Command command = new("version", "Print versions.");
        command.Add(json);
        command.SetAction(parsed =>
        {
            Console.Out.Write(Text(parsed.GetValue(json)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Text(bool json)
    {
        string runtime = RuntimeInformation.FrameworkDescription;
        if (json)
        {
            JsonObject root = new()
            {
                ["dilaton"] = ToolVersion.Text,
                ["commit"] = ToolVersion.Commit,
                ["jobSchema"] = Job.Version,
                ["runtime"] = runtime,
            };
            return root.ToJsonString() + "\n";
        }

        return $"dilaton {ToolVersion.Text} ({ToolVersion.Commit}), job schema {Job.Version}, "
            + $"{runtime}\n";
    }
}
