using System.Text;

namespace Dilaton.Cli;

/// <summary>`dilaton launch JOB.yaml`.</summary>
internal static class LaunchCommand
{
    private const string LocalExecutor = "local";
    private const string SlurmExecutor = "slurm";

    public static int Execute(IReadOnlyList<string> arguments)
    {
        DiagnosticBag bag = new();
        LaunchRequest? request = Read(arguments, bag, out bool helpWanted);
        if (helpWanted)
        {
            return CommandTree.Invoke(["launch", "--help"]);
        }

        LoadedJob? job = request is null ? null : JobPreparation.ForLaunch(request, bag);
        IReadOnlyList<ControlChange> foretold =
            job is null ? [] : Foretold(request!, job.Resolved, bag);
        if (job is not null)
        {
            DebugChecks.Check(job.Resolved, request!.Gdb, bag);
        }

        if (bag.Items.Count > 0)
        {
            Console.Error.Write(bag.Print());
        }

        if (request is null || job is null || bag.HasErrors)
        {
            return ExitCode.Usage;
        }

        string folder = request.OutputFolder ?? job.Resolved.Outputs.Folder;
        if (request.DryRun)
        {
            return DryRun(job, folder);
        }

        if (request.BySlurm)
        {
            return SlurmLaunch.Run(request, job, folder);
        }

        return Front.Run(job, new FrontOptions
        {
            Quiet = request.Quiet,
            Folder = folder,
            Force = request.Force,
            Foretold = foretold,
            Gdb = request.Gdb,
        });
    }

    public static LaunchRequest? Read(
        IReadOnlyList<string> arguments, DiagnosticBag bag, out bool helpWanted)
    {
        ParsedArguments parsed = ParsedArguments.Read(arguments, OptionSpec.Launch, bag);
        helpWanted = parsed.HelpWanted;
        if (helpWanted)
        {
            return null;
        }

        if (parsed.Words.Count != 1)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                parsed.Words.Count == 0
                    ? "launch needs a job file"
                    : $"launch takes one job file, not {parsed.Words.Count}",
                "dilaton launch JOB.yaml [path=value...]");
        }

        string executor = parsed.Value("--executor") ?? LocalExecutor;
        bool bySlurm = executor == SlurmExecutor;
        if (!bySlurm && executor != LocalExecutor)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--executor: '{executor}' is not one of {LocalExecutor}, {SlurmExecutor}",
                Spelling.Help(executor, [LocalExecutor, SlurmExecutor]));
        }

        if (!bySlurm && (parsed.Has("--plan-only") || parsed.Has("--slurm-options")))
        {
            bag.Error(
                DiagnosticCode.BadOption,
                "--plan-only and --slurm-options are of --executor slurm");
        }

        if (bySlurm && parsed.Has("--gdb"))
        {
            bag.Error(DiagnosticCode.BadOption, "--gdb is of --executor local");
        }

        return bag.HasErrors ? null : new LaunchRequest
        {
            JobFile = parsed.Words[0],
            Quiet = parsed.Has("--quiet"),
            OutputFolder = parsed.Value("--output"),
            Force = parsed.Has("--force"),
            DryRun = parsed.Has("--dry-run"),
            Gdb = parsed.Value("--gdb"),
            ReplayControl = parsed.Value("--replay-control"),
            BySlurm = bySlurm,
            SlurmOptions = parsed.Value("--slurm-options") ?? "",
            PlanOnly = parsed.Has("--plan-only"),
            Settings = parsed.Settings,
        };
    }

    private static IReadOnlyList<ControlChange> Foretold(
        LaunchRequest request, Job job, DiagnosticBag bag) =>
        request.ReplayControl is { } path && new JobLoader(bag).ReadFile(path) is { } log
            ? ControlLog.Read(log, job, bag) ?? []
            : [];

    /// <summary>The resolved job on standard output, a valid job file itself; what would be done
    /// on standard error.</summary>
    private static int DryRun(LoadedJob job, string folder)
    {
        DiagnosticBag bag = new();
        IEnumerable<string> lines =
            LaunchPlan.Lines(job.Resolved, folder).Concat(SstPeerCheck.Run(job.Resolved, bag));
        Console.Error.Write(string.Concat(lines.Select(line => $"dilaton: {line}\n")));
        Console.Error.Write(bag.Print());
        Console.Out.Write(
            Encoding.UTF8.GetString(JobWriter.Write(job.Resolved, indented: true)) + "\n");
        return bag.HasErrors ? ExitCode.Usage : ExitCode.Ok;
    }
}
