using System.CommandLine;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>`dilaton network check JOB.yaml`.</summary>
internal static class NetworkCommand
{
    public static Command Build()
    {
        Argument<string> job = new("JOB.yaml")
        {
            Description = "The job file; - for standard input.",
        };
        Option<string?> from = new("--from")
        {
            Description = "Follow a frame from this node: its name, or the MAC of its interface.",
            HelpName = "NODE",
        };
        Option<string?> to = new("--to")
        {
            Description = "Where the frame is sent to: a node, any MAC, or all.",
            HelpName = "NODE",
        };
        Option<string?> at = new("--at")
        {
            Description = "The virtual time of it, such as 5ms; left out: 0.",
            HelpName = "TIME",
        };
        Command check = new(
            "check", "Print the links of a job's network; of an overlay the tables, and what they do.")
        {
            job, from, to, at,
        };
        check.SetAction(parsed => Check(
            parsed.GetValue(job)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(at)));
        return new Command("network", "Look at the network of a job.") { check };
    }

    private static int Check(string file, string? from, string? to, string? at)
    {
        DiagnosticBag bag = new();
        JobLoader loader = new(bag);
        CommandLineText nothing = new();
        Job? job = file == "-"
            ? loader.FromText(new SourceText("standard input", Console.In.ReadToEnd()), nothing)
            : loader.FromFile(file, nothing);
        string? text = null;
        if (job is not null)
        {
            // Programs and folders are not this command's affair: they may be elsewhere.
            job = job with { Nodes = [.. NodeExpansion.Expand(job.Nodes).Select(n => n.Node)] };
            NetworkChecks.Run(
                loader.Root!, job, [.. job.Nodes.Select((_, i) => $"nodes[{i}]")], bag);
            text = bag.HasErrors ? null : NetworkReport.Of(job, from, to, at, bag);
        }

        Console.Error.Write(bag.Print());
        Console.Out.Write(text ?? "");
        return text is null ? ExitCode.Usage : ExitCode.Ok;
    }
}
