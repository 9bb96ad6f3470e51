using System.Diagnostics;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The process that owns terminal, job and results; it never runs guest code.</summary>
internal static class Front
{
    public static int Run(LoadedJob job, FrontOptions options)
    {
        if (!BridgeBuild.Ensure(job.Resolved))
        {
            return ExitCode.EnvironmentMissing;
        }

        DiagnosticBag bag = new();
        IReadOnlyList<string> looked = SstPeerCheck.Run(job.Resolved, bag);
        Console.Error.Write(bag.Print());
        if (bag.HasErrors)
        {
            return ExitCode.Usage;
        }

        if (!options.Quiet)
        {
            Console.Error.Write(string.Concat(looked.Select(line => $"dilaton: {line}\n")));
        }

        IReadOnlyList<string> warnings = [.. bag.Items.Select(i => $"{i.CodeText}: {i.Message}")];
        bag = new();
        ResultFolder? folder = ResultFolder.Create(options.Folder, options.Force, bag);
        if (folder is null)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        long begin = Stopwatch.GetTimestamp();
        using PeerGroup peers = new(job.Resolved, folder);
        using WorkerProcess worker = WorkerProcess.Start(peers.Job);
        ResultWriter writer = new(folder, job);
        writer.WriteBefore(Environment.GetCommandLineArgs());
        RunRecord run = new() { Job = job.Resolved, WorkerId = worker.ProcessId, Warnings = warnings };
        double childrenBefore = ChildProcesses.CpuSeconds();
        peers.Start(worker, options.Quiet);
        Follow(run, worker, options, begin);
        peers.End(inPeace: run.End is not null);
        run.PeerTrouble = peers.Troubles();
        run.WallSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        Verdict verdict = Verdict.Of(run);
        HostFigures host = Figures(run, childrenBefore);
        writer.WriteAfter(run, verdict, host);
        Console.Error.Write(RunReport.Messages(run, verdict));
        if (!options.Quiet)
        {
            Console.Error.Write(Summary.Of(run, verdict, host, options.Folder));
        }

        return verdict.ExitCode;
    }

    private static void Follow(
        RunRecord run, WorkerProcess worker, FrontOptions options, long begin)
    {
        ProgressDisplay display = new(
            Console.Error, options.Quiet, !options.Quiet && ProgressDisplay.CanBeLive());
        double limit = run.Job.Time.WallLimit is { } wall
            ? wall.Picoseconds / 1e12
            : double.PositiveInfinity;
        using StopRequests stop = new(worker);
        while (worker.Read() is { } message)
        {
            run.Take(message);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (message.Kind is WorkerMessageKind.Progress or WorkerMessageKind.Statistics)
            {
                display.Update(run, seconds);
                if (seconds >= limit)
                {
                    stop.Request(StopReason.WallLimit);
                }
            }
        }

        run.WorkerExitCode = worker.WaitForExit();
        run.Stop = stop.Reason;
        display.Finish();
    }

    private static HostFigures Figures(RunRecord run, double childrenBefore) => new()
    {
        WallSeconds = run.WallSeconds,
        FrontCpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        WorkerCpuSeconds = run.End?.CpuSeconds ?? 0,
        PeerCpuSeconds = run.Job.Peers.Count == 0
            ? null
            : Math.Max(0, Math.Round(
                ChildProcesses.CpuSeconds() - childrenBefore - (run.End?.CpuSeconds ?? 0), 6)),
        PeerWaitSeconds = run.Job.Peers.Count == 0 ? null : Math.Round(run.PeerWaitSeconds, 6),
        PeakMemoryBytes = run.End?.PeakMemoryBytes ?? 0,
        FrontId = Environment.ProcessId,
        WorkerId = run.WorkerId,
        VirtualSeconds = run.TimePs / 1e12,
        Instructions = run.Instructions,
    };
}
