using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>A sweep from its plan to its results.</summary>
internal static class SweepRun
{
    /// <param name="command">As typed, after `sweep`.</param>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static int Run(
        SweepFolder folder, SweepInput input, SweepPlan plan, SweepRequest request,
        IReadOnlyList<string> command)
    {
        DiagnosticBag bag = new();
        using SweepLock? held = folder.Open(bag) ? SweepLock.Take(folder, bag) : null;
        if (held is not null && folder.HasSweep && !request.Resume)
        {
            bag.Error(
                DiagnosticCode.SweepExists,
                $"'{folder.Root}' holds a sweep",
                "--resume runs what is missing of it; another one goes elsewhere with -o");
        }

        PoolSize size = PoolSize.Of(
            plan.Needs, request.Jobs, HostProcessors.Allowed(), HostRoom.FreeBytes(), bag);
        Console.Error.Write(bag.Print());
        if (held is null || bag.HasErrors)
        {
            return ExitCode.Usage;
        }

        SweepState state = new(
            plan, point => PointResult.Read(folder.RunFolder(point.Id), plan.Spec.Metrics));
        WarnOfDamage(plan, state);
        folder.WritePlan(input, plan, state.Statuses, command);
        using IExecutor executor = new LocalPool(folder, size);
        executor.Plan(folder, state.Missing);
        SweepProgress progress = new(
            Console.Error, plan, folder, request.Quiet, SweepProgress.CanBeLive());
        int signal;
        using (SweepDriver driver = new(folder, plan, state, executor, progress, request.KeepGoing))
        {
            signal = driver.Run();
        }

        SweepResults.Write(folder, plan, state);
        SweepDatabase.Write(folder, plan, state);
        SweepSummary summary = new(folder, plan, state);
        Console.Out.Write(request.Json ? summary.Json() : summary.Text());
        return Finish(state, signal);
    }

    private static void WarnOfDamage(SweepPlan plan, SweepState state)
    {
        DiagnosticBag bag = new();
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
