namespace Dilaton.Cli;

/// <summary>From a request to a job that is ready to run.</summary>
internal static class JobPreparation
{
    public static LoadedJob? ForRun(RunRequest request, DiagnosticBag bag)
    {
        CommandLineText text = new();
        JobLoader loader = new(bag);
        JobScalar first = text.AddLiteral(request.Kernel ?? request.Program[0]);
        AddSettings(text, request.Settings);
        Job? job = request.Kernel is null
            ? loader.FromProgram(request.MachineFile, first, request.Program, text)
            : loader.FromKernel(request.MachineFile, first, text);
        return Finish(job, loader, "", bag);
    }

    public static LoadedJob? ForLaunch(LaunchRequest request, DiagnosticBag bag)
    {
        CommandLineText text = new();
        AddSettings(text, request.Settings);
        JobLoader loader = new(bag);
        Job? job = loader.FromFile(request.JobFile, text);
        if (job?.Sweep is not null)
        {
            RefuseSweep(job.Sweep, request.JobFile, loader.Root!, bag);
            return null;
        }

        return Finish(job, loader, text.Source.Text, bag);
    }

    private static void RefuseSweep(SweepJob sweep, string file, JobMap root, DiagnosticBag bag)
    {
        string[] paths = [.. sweep.Zip.Prepend(sweep.Parameters).SelectMany(axes => axes.Keys)];
        string example = string.Concat(paths.Select(path => $" {path}=VALUE"));
        bag.Error(
            DiagnosticCode.SweepUnbound,
            root.Entries.First(entry => entry.Key.Text == "sweep").Key,
            paths.Length == 0
                ? "this job is a sweep of several runs"
                : $"this job is a sweep: {string.Join(", ", paths)} have several values",
            $"dilaton sweep {file}"
                + (paths.Length == 0 ? "" : $"   or, for one point: dilaton launch {file}{example}"));
    }

    /// <summary>Of a job that is no file.</summary>
    /// <param name="changes">path=value.</param>
    public static LoadedJob? ForText(
        SourceText source, IEnumerable<string> changes, DiagnosticBag bag)
    {
        CommandLineText text = new();
        foreach (string change in changes)
        {
            text.AddOverride(change);
        }

        JobLoader loader = new(bag);
        return Finish(loader.FromText(source, text), loader, "", bag);
    }

    private static LoadedJob? Finish(
        Job? job, JobLoader loader, string changes, DiagnosticBag bag)
    {
        if (job is null || loader.Root is null)
        {
            return null;
        }

        Job resolved = new JobResolver(loader.Root, bag)
            .Resolve(job, Directory.GetCurrentDirectory(), out IReadOnlyList<string> paths);
        return bag.HasErrors ? null : new LoadedJob(resolved, paths, loader.GivenText, changes);
    }

    private static void AddSettings(CommandLineText text, IReadOnlyList<JobSetting> settings)
    {
        foreach (JobSetting setting in settings)
        {
            if (setting.Option.Length > 0)
            {
                text.AddOption(setting.Option, setting.Path, setting.Value);
            }
            else
            {
                text.AddOverride(setting.Value);
            }
        }
    }
}
