namespace Dilaton.Cli;

/// <summary>`dilaton run -- PROGRAM ARGS`.</summary>
internal static class RunCommand
{
    public static int Execute(IReadOnlyList<string> arguments)
    {
        DiagnosticBag bag = new();
        RunRequest? request = Read(arguments, bag, out bool helpWanted);
        if (helpWanted)
        {
            return CommandTree.Invoke(["run", "--help"]);
        }

        LoadedJob? job = request is null ? null : JobPreparation.ForRun(request, bag);
        if (job is not null)
        {
            DebugChecks.Check(job.Resolved, request!.Gdb, bag);
        }

        if (bag.Items.Count > 0)
        {
            Console.Error.Write(bag.Print());
        }

        return request is null || job is null || bag.HasErrors
            ? ExitCode.Usage
            : Front.Run(job, new FrontOptions
            {
                Quiet = request.Quiet,
                Folder = request.OutputFolder ?? job.Resolved.Outputs.Folder,
                Force = false,
                Gdb = request.Gdb,
            });
    }

    public static RunRequest? Read(
        IReadOnlyList<string> arguments, DiagnosticBag bag, out bool helpWanted)
    {
        List<string> own = [.. arguments.TakeWhile(a => a != "--")];
        List<string> program = [.. arguments.Skip(own.Count + 1)];
        ParsedArguments parsed = ParsedArguments.Read(own, OptionSpec.Run, bag);
        helpWanted = parsed.HelpWanted;
        if (helpWanted)
        {
            return null;
        }

        if (parsed.Words.Count > 0)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"'{parsed.Words[0]}' is neither an option nor path=value",
                program.Count == 0
                    ? $"a program goes after --: dilaton run -- {string.Join(' ', parsed.Words)}"
                    : "the program and its arguments go after --");
        }
        else if (parsed.Has("--kernel"))
        {
            if (program.Count > 0)
            {
                bag.Error(
                    DiagnosticCode.BadOption,
                    "--kernel boots a system, and a program is given too",
                    "leave one of them out; --append gives a kernel its arguments");
            }
        }
        else if (program.Count == 0 || program[0].Length == 0)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                "no program is given",
                "dilaton run [options] [path=value...] -- PROGRAM ARGS...");
        }

        return bag.HasErrors ? null : new RunRequest
        {
            Quiet = parsed.Has("--quiet"),
            OutputFolder = parsed.Value("--output"),
            Gdb = parsed.Value("--gdb"),
            MachineFile = parsed.Value("--machine"),
            Settings = parsed.Settings,
            Kernel = parsed.Value("--kernel"),
            Program = program,
        };
    }
}
