using System.Globalization;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>`dilaton sweep JOB.yaml path=value,value...`.</summary>
internal static class SweepCommand
{
    private const int JobsMax = 4096;

    public static int Execute(IReadOnlyList<string> arguments)
    {
        DiagnosticBag bag = new();
        SweepRequest? request = Read(arguments, bag, out bool helpWanted);
        if (helpWanted)
        {
            return CommandTree.Invoke(["sweep", "--help"]);
        }

        if (request is null)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        return request.Point is null ? Sweep(request, arguments) : PointRun.Execute(request);
    }

    public static SweepRequest? Read(
        IReadOnlyList<string> arguments, DiagnosticBag bag, out bool helpWanted)
    {
        ParsedArguments parsed = ParsedArguments.Read(arguments, OptionSpec.Sweep, bag);
        helpWanted = parsed.HelpWanted;
        if (helpWanted)
        {
            return null;
        }

        string own = parsed.Has("--gather") ? "--gather" : parsed.Has("--cancel") ? "--cancel"
            : parsed.Has("--run-point") ? "--run-point" : "";
        bool isPoint = own.Length > 0;
        bool resume = parsed.Has("--resume");
        if (parsed.Words.Count > 1 || (parsed.Words.Count == 0 && !resume))
        {
            bag.Error(
                DiagnosticCode.BadOption,
                parsed.Words.Count == 0
                    ? isPoint ? $"{own} needs the sweep's folder" : "sweep needs a job file"
                    : $"sweep takes one job file, not {parsed.Words.Count}",
                own == "--run-point" ? "dilaton sweep --run-point ID DIR"
                    : isPoint ? $"dilaton sweep {own} DIR"
                    : "dilaton sweep JOB.yaml path=value,value... or dilaton sweep --resume -o DIR");
        }

        SweepRequest request = new()
        {
            JobFile = isPoint ? null : parsed.Words.FirstOrDefault(),
            Arguments = [.. parsed.Settings.Select(s => s.Option.Length > 0 ? $"{s.Path}={s.Value}" : s.Value)],
            Folder = isPoint ? parsed.Words.FirstOrDefault() ?? "" : parsed.Value("--output")
                ?? SweepFolder.StandardName,
            Repeat = Number(parsed, "--repeat", SweepJob.RepeatMax, bag),
            Jobs = Number(parsed, "--jobs", JobsMax, bag),
            Executor = Executor(parsed, bag),
            PointsPerTask = Number(parsed, "--points-per-task", SlurmScript.PointsPerTaskMax, bag),
            SlurmOptions = parsed.Value("--slurm-options") ?? "",
            SubmitOnly = parsed.Has("--submit-only"),
            PlanOnly = parsed.Has("--plan-only"),
            Gather = own == "--gather",
            Cancel = own == "--cancel",
            Resume = resume,
            DryRun = parsed.Has("--dry-run"),
            KeepGoing = parsed.Has("--keep-going"),
            Json = parsed.Has("--json"),
            Quiet = parsed.Has("--quiet"),
            Point = parsed.Value("--run-point"),
            Parent = Number(parsed, "--parent", int.MaxValue, bag),
            Processors = Processors(parsed.Value("--cpus"), bag),
        };
        if (request.Point is { } point && !PointId.IsOne(point))
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--run-point {point}: no point has such a name",
                $"points.csv has them: {PointId.Length} hexadecimal digits");
        }

        if (request.JobFile is null && !isPoint && request.Arguments.Count > 0)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"'{request.Arguments[0]}' changes a sweep, which needs its job",
                "dilaton sweep JOB.yaml path=value,value... --resume");
        }

        return bag.HasErrors ? null : request;
    }

    private static SweepExecutor Executor(ParsedArguments parsed, DiagnosticBag bag)
    {
        string name = parsed.Value("--executor") ?? SweepExecutors.Names[0];
        int index = SweepExecutors.Names.ToList().IndexOf(name);
        if (index < 0)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--executor {name}: there is no such executor",
                Spelling.Help(name, SweepExecutors.Names));
            return SweepExecutor.Local;
        }

        string[] own = ["--points-per-task", "--slurm-options", "--submit-only"];
        foreach (string option in own.Where(option => parsed.Has(option)))
        {
            if ((SweepExecutor)index != SweepExecutor.Slurm)
            {
                bag.Error(DiagnosticCode.BadOption, $"{option} needs --executor slurm");
            }
        }

        if (parsed.Value("--slurm-options")?.AsSpan().ContainsAny('\n', '\r') == true)
        {
            bag.Error(DiagnosticCode.BadOption, "--slurm-options: expected one line");
        }

        return (SweepExecutor)index;
    }

    private static int Sweep(SweepRequest request, IReadOnlyList<string> command)
    {
        SweepFolder folder = new(request.Folder);
        if (request.Cancel)
        {
            return Guarded(folder, () => SlurmCancel.Run(folder));
        }

        DiagnosticBag bag = new();
        SweepInput? input = request.JobFile is { } file
            ? Input(file, request, bag)
            : folder.ReadInput(bag);
        SweepRecord before = folder.ReadRecord();

        // Tables are made of the points that were planned.
        FileHashes hashes = request.Gather
            ? new FileHashes(before.Files, FileTrust.Recorded)
            : FileHashes.Fresh();
        SweepPlan? plan = input?.Plan(hashes, bag);
        Console.Error.Write(bag.Print());
        if (input is null || plan is null)
        {
            return ExitCode.Usage;
        }

        return Guarded(folder, () => request.Gather
            ? SweepGather.Run(folder, plan, request)
            : request.DryRun
            ? SweepDryRun.Run(folder, plan, request, before)
            : SweepRun.Run(folder, input, plan, before, request, command));
    }

    /// <summary>Says what the host or an engine refused.</summary>
    private static int Guarded(SweepFolder folder, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            DiagnosticBag trouble = new();
            trouble.Error(
                DiagnosticCode.EnvironmentMissing,
                $"the process of a point can't be started: {e.Message}",
                "--resume goes on with the sweep; -j 1 needs the fewest processes");
            Console.Error.Write(trouble.Print());
            return ExitCode.EnvironmentMissing;
        }
        catch (EngineException e)
        {
            DiagnosticBag trouble = new();
            trouble.Error(
                DiagnosticCode.SweepEngine, e.Message, "what was run is kept: --resume goes on with it");
            Console.Error.Write(trouble.Print());
            return ExitCode.EnvironmentMissing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DiagnosticBag trouble = new();
            trouble.Error(
                DiagnosticCode.OutputFolderUnwritable,
                $"the sweep's folder '{folder.Root}' can't be written: {e.Message}",
                "what was run is kept: --resume goes on with it");
            Console.Error.Write(trouble.Print());
            return ExitCode.EnvironmentMissing;
        }
    }

    private static SweepInput? Input(string file, SweepRequest request, DiagnosticBag bag) =>
        new JobLoader(bag).ReadFile(file) is { } source
            ? new SweepInput
            {
                JobName = file,
                JobText = source.Text,
                Arguments = request.Arguments,
                Repeat = request.Repeat,
                WorkingFolder = Directory.GetCurrentDirectory(),
            }
            : null;

    private static int? Number(ParsedArguments parsed, string option, int most, DiagnosticBag bag)
    {
        if (parsed.Value(option) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= most)
        {
            return number;
        }

        bag.Error(
            DiagnosticCode.BadOption, $"{option} {text}: expected a whole number from 1 to {most}");
        return null;
    }

    private static List<int> Processors(string? text, DiagnosticBag bag)
    {
        List<int> numbers = [];
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number <= HostProcessors.NumberMax)
            {
                numbers.Add(number);
            }
            else
            {
                bag.Error(DiagnosticCode.BadOption, $"--cpus {text}: expected numbers of processors");
                return [];
            }
        }

        return numbers;
    }
}
