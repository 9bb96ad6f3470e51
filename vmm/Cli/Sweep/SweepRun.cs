namespace Dilaton.Cli;

/// <summary>A sweep from its plan to its results.</summary>
internal static class SweepRun
{
    /// <param name="before">What the folder tells of its last plan.</param>
    /// <param name="command">As typed, after `sweep`.</param>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static int Run(
        SweepFolder folder, SweepInput input, SweepPlan plan, SweepRecord before,
        SweepRequest request, IReadOnlyList<string> command)
    {
        DiagnosticBag bag = new();
        if (!request.PlanOnly && !SweepExecutors.AreThere(request.Executor, bag))
        {
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }

        using SweepLock? held = folder.Open(bag) ? SweepLock.Take(folder, bag) : null;
        if (held is not null && folder.HasSweep && !request.Resume)
        {
            bag.Error(
                DiagnosticCode.SweepExists,
                $"'{folder.Root}' holds a sweep",
                "--resume runs what is missing of it; another one goes elsewhere with -o");
        }

        PoolSize size = SweepExecutors.Size(plan, request, bag);
        Console.Error.Write(bag.Print());
        if (held is null || bag.HasErrors)
        {
            return ExitCode.Usage;
        }

        if (request.Executor == SweepExecutor.Slurm && !request.PlanOnly
            && SlurmEarlier.Wait(folder, SweepExecutors.Script(folder, plan, request)) is not 0 and int stopped)
        {
            return stopped;
        }

        SweepState state = new(
            plan, point => PointResult.Read(folder.RunFolder(point.Id), plan.Spec.Metrics));
        Warn(before, plan, state);
        folder.WritePlan(input, plan, state.Statuses, command);
        using IExecutor executor = SweepExecutors.Make(folder, plan, request, size);
        executor.Plan(folder, state.Missing);
        if (request.PlanOnly)
        {
            Console.Out.WriteLine(
                $"{state.Missing.Count} points to run, a command each in {folder.PathOf(SweepFolder.TasksName)};\n"
                    + $"after them: dilaton sweep --gather {LaunchPlan.Quoted([folder.Root])}");
            return ExitCode.Ok;
        }

        SweepProgress progress = new(
            Console.Error, plan, folder, request.Quiet, SweepProgress.CanBeLive());
        int signal;
        using (SweepDriver driver = new(folder, plan, state, executor, progress, request.KeepGoing))
        {
            if (request.SubmitOnly && state.Missing.Count > 0)
            {
                driver.Send();
                return Leave((SlurmPool)executor, folder);
            }

            signal = driver.Run();
        }

        SweepResults.Write(folder, plan, state);
        SweepDatabase.Write(folder, plan, state);
        SweepSummary summary = new(folder, plan, state);
        Console.Out.Write(request.Json ? summary.Json() : summary.Text());
        return Finish(state, signal);
    }

    private static int Leave(SlurmPool executor, SweepFolder folder)
    {
        (long sweep, long gather) = executor.Leave();
        Console.Out.WriteLine(
            $"job {sweep} runs the points, and job {gather} gathers their results; to come back:\n"
                + $"dilaton sweep --resume --executor slurm -o {LaunchPlan.Quoted([folder.Root])}\n"
                + $"to end them: dilaton sweep --cancel {LaunchPlan.Quoted([folder.Root])}");
        return ExitCode.Ok;
    }

    private static void Warn(SweepRecord before, SweepPlan plan, SweepState state)
    {
        DiagnosticBag bag = new();
        SweepChanges.Report(before, plan, state, bag);
        for (int i = 0; i < plan.Points.Count; i++)
        {
            if (state.Results[i] is { Status: PointResult.Damaged } damaged)
            {
                bag.Warning(DiagnosticCode.SweepDamaged, $"{damaged.Reason}; the point is run again");
            }
        }

        Console.Error.Write(bag.Print());
    }

    private static int Finish(SweepState state, int signal)
    {
        DiagnosticBag bag = new();
        if (signal != 0)
        {
            bag.Error(
                DiagnosticCode.Interrupted,
                $"stopped by {(signal == ExitCode.Interrupted ? "Ctrl-C" : "SIGTERM")}",
                "--resume goes on with it");
        }
        else if (state.Failed > 0)
        {
            int left = state.Missing.Count - state.Failed;
            bag.Error(
                DiagnosticCode.SweepPointsFailed,
                $"{state.Failed} of the points failed" + (left > 0 ? $", and {left} were not started" : ""),
                left > 0 ? "--resume --keep-going runs them all the same" : "--resume tries them again");
        }

        Console.Error.Write(bag.Print());
        return signal != 0 ? signal : state.Failed > 0 ? ExitCode.PointsFailed : ExitCode.Ok;
    }
}
