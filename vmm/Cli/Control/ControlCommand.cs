using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton ctl DIR COMMAND`.</summary>
internal static class ControlCommand
{
    public static Command Build()
    {
        Argument<string> folder = new("DIR")
        {
            Description = "The result folder of a running job, or the folder of a sweep.",
        };
        Argument<string> verb = new("COMMAND")
        {
            Description = "status, pause, resume, set-tdf FACTOR, or stop.",
        };
        verb.CompletionSources.Add([.. ControlRequest.Words]);
        Argument<string?> factor = new("FACTOR")
        {
            Description = "Of set-tdf: a number or quotient such as 10, 0.5 or 5/3.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> node = new("--node")
        {
            Description = "set-tdf for this node only.",
            HelpName = "NAME",
        };
        Option<bool> json = new("--json")
        {
            Description = "Print the answer as JSON.",
        };
        Command command = new(
            "ctl", "Look at a job that runs, pause it, change its TDF, or end it.")
        {
            folder, verb, factor, node, json,
        };
        command.SetAction(parsed => Execute(
            parsed.GetValue(folder)!,
            parsed.GetValue(verb)!,
            parsed.GetValue(factor),
            parsed.GetValue(node),
            parsed.GetValue(json)));
        return command;
    }

    private static int Execute(
        string folder, string verb, string? factor, string? node, bool isJson)
    {
        DiagnosticBag bag = new();
        string line = string.Join(' ', new[] { verb, factor }.Where(word => word is not null));
        ControlRequest? request = ControlRequest.Read(line, bag);
        if (request is not null && node is not null && request.Verb != ControlVerb.SetTdf)
        {
            bag.Error(DiagnosticCode.BadOption, $"--node is for set-tdf, not for {verb}");
        }

        if (!bag.HasErrors && !Directory.Exists(folder))
        {
            bag.Error(DiagnosticCode.NotAResultFolder, $"there is no folder '{folder}'");
        }

        bool isSweep = File.Exists(Path.Combine(folder, SweepFolder.SweepName));
        if (!bag.HasErrors && !isSweep && !File.Exists(Path.Combine(folder, ResultFolder.MarkName)))
        {
            bag.Error(
                DiagnosticCode.NotAResultFolder,
                $"'{folder}' is no result folder of a job",
                "a job's result folder is the one that -o names, or tdout");
        }

        if (request is null || bag.HasErrors)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        request = request with { Node = node };
        return isSweep
            ? ControlledSweep.Execute(folder, request, isJson)
            : ControlledJob.Execute(folder, request, isJson);
    }
}
