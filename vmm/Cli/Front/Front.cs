using System.ComponentModel;
using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The process that owns terminal, job and results; it never runs guest code.</summary>
internal static class Front
{
    public static int Run(LoadedJob job, FrontOptions options)
    {
        DiagnosticBag bag = new();
        if (LayOut(job.Resolved, bag) is not { } layout)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        IReadOnlyList<int>[] here = [.. layout.Where(nodes => IsHere(job.Resolved, nodes[0]))];
        bool hasRoom = HostRoom.Check(PartHere(job.Resolved), here, HostRoom.TotalBytes(), bag)
            && HostDescriptors.Check(layout, HostDescriptors.Limit(), bag)
            && MpiTools.Check(job.Resolved, bag);
        Console.Error.Write(bag.Print());
        if (!hasRoom || !BridgeBuild.Ensure(job.Resolved))
        {
            return ExitCode.EnvironmentMissing;
        }

        bag = new();
        if (!SystemHost.Check(job.Resolved, bag))
        {
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }

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

        try
        {
            return Run(job, layout, folder, warnings, options);
        }
        catch (Win32Exception e)
        {
            bag.Error(
                DiagnosticCode.EnvironmentMissing,
                $"the worker processes of {job.Resolved.Nodes.Count} nodes can't be started: "
                    + e.Message);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }
        catch (HostException e)
        {
            bag.Error(e.Code, e.Message, e.Help);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }
    }

    private static bool IsHere(Job job, int node) =>
        HostSpread.IndexOf(job, job.Nodes[node].Host) == 0;

    /// <summary>What of a job on several hosts uses this one's memory.</summary>
    private static Job PartHere(Job job) => job with
    {
        Nodes = [.. job.Nodes.Where((_, i) => IsHere(job, i))],
    };

    /// <returns>For each worker its nodes, or null, as reported.</returns>
    private static IReadOnlyList<IReadOnlyList<int>>? LayOut(Job job, DiagnosticBag bag)
    {
        try
        {
            return WorkerLayout.Of(job, Environment.ProcessorCount);
        }
        catch (ConfigException e)
        {
            bag.Error(DiagnosticCode.Inconsistent, e.Message);
            return null;
        }
    }

    private static int Run(
        LoadedJob job,
        IReadOnlyList<IReadOnlyList<int>> layout,
        ResultFolder folder,
        IReadOnlyList<string> warnings,
        FrontOptions options)
    {
        long begin = Stopwatch.GetTimestamp();
        using HostGroup? hosts = HostGroup.Start(job.Resolved, folder, options.Quiet);
        using PeerGroup peers = new(job.Resolved, folder, hosts);
        using ClusterRun? cluster = ClusterRun.Prepare(peers.Job, layout, folder, hosts);
        using ControlServer? control = options.Calibration is null && !job.Resolved.HasSystemInNetwork()
            ? Listen(folder)
            : null;
        using WorkerGroup workers = WorkerGroup.Start(
            peers.Job, job.NodePaths, layout, folder, cluster, hosts, options.Foretold, options.Gdb);
        ResultWriter writer = new(folder, job, options.IsDurable);
        writer.WriteBefore(Environment.GetCommandLineArgs());
        RunRecord run = RunRecord.Of(job.Resolved, workers.ProcessIds(), warnings);
        run.IsInteractive = options.Foretold.Count > 0;
        foreach (ControlChange change in options.Foretold)
        {
            folder.AppendControl(job.Resolved.Name, change);
        }

        double childrenBefore = ChildProcesses.CpuSeconds();
        peers.Start(workers, cluster, options.Quiet);
        cluster?.Start(workers.Kill);
        using StopRequests stop = new(workers, cluster);
        ControlDesk desk = new(
            control, run, ControlledTdf.Apply(run.Job, options.Foretold), folder, workers, cluster, stop);
        Follow(run, workers, peers, cluster, desk, stop, options, begin);
        if (options.Gdb is { } gdb)
        {
            DebugAddress.Remove(gdb);
        }

        EndNetwork(run, cluster, peers);
        peers.WaitForEnd();
        run.PeerTrouble = peers.Troubles();
        run.WallSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        RunVerdict verdict = RunVerdict.Of(run);
        HostFigures host = Figures(run, childrenBefore);
        writer.WriteAfter(run, verdict, host);
        if (options.Calibration is { } calibration && verdict.ExitCode is ExitCode.Ok
            or ExitCode.GuestFailed or ExitCode.LimitReached && !run.Nodes.Any(n => n.IsRefused))
        {
            calibration.Finish(run, host);
            return ExitCode.Ok;
        }

        Console.Error.Write(RunReport.Messages(run, verdict));
        if (!options.Quiet)
        {
            Console.Error.Write(Summary.Of(run, verdict, host, options.Folder));
        }

        return verdict.ExitCode;
    }

    /// <returns>Null where the folder can have no socket, which is said: then the job runs, and
    /// nobody can tell it anything.</returns>
    private static ControlServer? Listen(ResultFolder folder)
    {
        ControlServer? server = ControlServer.TryOpen(folder.Root, out int errno);
        if (server is null)
        {
            DiagnosticBag bag = new();
            bag.Warning(
                DiagnosticCode.ControlUnreachable,
                $"`dilaton ctl` can't reach this job: {folder.PathOf(ControlServer.SocketName)}: "
                    + HostErrno.Describe(errno));
            Console.Error.Write(bag.Print());
        }

        return server;
    }

    private static void EndNetwork(RunRecord run, ClusterRun? cluster, PeerGroup peers)
    {
        if (cluster is null)
        {
            return;
        }

        cluster.WaitForEnd();
        peers.EndOf(run.Job.Network!.Peer, inPeace: cluster.Fault is null);
        run.NetworkStatistics = cluster.Statistics();
        run.NetworkFault = cluster.Fault;
        run.NetworkWaitSeconds = cluster.NetworkWaitSeconds;
    }

    private static void Follow(
        RunRecord run,
        WorkerGroup workers,
        PeerGroup peers,
        ClusterRun? cluster,
        ControlDesk desk,
        StopRequests stop,
        FrontOptions options,
        long begin)
    {
        ProgressDisplay display = new(
            Console.Error, options.Quiet, !options.Quiet && ProgressDisplay.CanBeLive());
        double limit = run.Job.Time.WallLimit is { } wall
            ? wall.Picoseconds / 1e12
            : double.PositiveInfinity;
        List<(int Node, WorkerMessage Message)> messages = [];
        List<int> ended = [];
        HangWatches watch = Watch(run.Job, workers.Layout);
        bool isOpen = true;
        while (isOpen)
        {
            isOpen = workers.Read(desk.TurnMs, desk.Descriptors, messages, ended);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            foreach ((int node, WorkerMessage message) in messages)
            {
                // Where it listens a worker says before its guest runs: later it is not its own word.
                if (!run.Nodes[node].HasStarted)
                {
                    peers.Take(message, options.Quiet);
                }

                run.Nodes[node].Take(message);
                desk.Hear(node, message);
                if (message.Kind == WorkerMessageKind.Tainted)
                {
                    Taint(run, workers.Layout.First(nodes => nodes.Contains(node)), message);
                }
                watch.Hear(
                    workers.WorkerOf(node), node, message.TimePs, message.Instructions);
                options.Calibration?.Take(node, workers.WorkerOf(node), message, seconds);
            }

            foreach (int worker in ended)
            {
                Finish(run, worker, workers, peers, seconds);
                cluster?.TellEnded(worker);
            }

            messages.Clear();
            ended.Clear();
            desk.Step(seconds);
            EndHung(run, watch, workers, cluster, desk, stop, seconds);

            NoteHost(run, workers, cluster, seconds);
            display.Update(run, seconds);
            bool isMeasured = options.Calibration?.IsOver(run.Nodes.Count, seconds) ?? false;
            if ((seconds >= limit || isMeasured) && isOpen)
            {
                stop.Request(StopReason.WallLimit);
            }
        }

        NoteHost(run, workers, cluster, Stopwatch.GetElapsedTime(begin).TotalSeconds, isLast: true);
        run.Stop = stop.Reason;
        display.Finish();
    }

    private static void NoteHost(
        RunRecord run, WorkerGroup workers, ClusterRun? cluster, double seconds, bool isLast = false)
    {
        if (isLast || run.HostTimeline.IsDue(seconds))
        {
            run.HostTimeline.Add(seconds, cluster?.NetworkWaitSeconds ?? 0,
            [
                .. run.Nodes.Select((node, i) => new HostProgress(
                    node.TimePs, node.Instructions, node.PeerWaitSeconds,
                    cluster?.AwaitedSeconds(workers.WorkerOf(i)) ?? 0, node.IsOver)),
            ]);
        }
    }

    private static void Taint(RunRecord run, IReadOnlyList<int> nodes, WorkerMessage message)
    {
        foreach (int node in nodes)
        {
            run.Nodes[node].Taint ??= message.Lines![0];
        }
    }

    private static HangWatches Watch(Job job, IReadOnlyList<IReadOnlyList<int>> layout) => new(
        job.Sync.Timeout.Picoseconds / 1e12,
        [.. layout.Select(nodes => nodes.Any(node => MayStand(job.Nodes[node])))],
        isNetwork: job.Network is not null);

    private static void EndHung(
        RunRecord run,
        HangWatches watch,
        WorkerGroup workers,
        ClusterRun? cluster,
        ControlDesk desk,
        StopRequests stop,
        double seconds)
    {
        int? hung = watch.Step(
            seconds,
            cluster?.Awaited,
            worker => !desk.Halts && workers.IsOpen(worker) && workers.Layout[worker].All(
                node => run.Nodes[node].HasStarted || run.Nodes[node].HasFinished),
            workers.IsOpen,
            stop.Reason != StopReason.None);
        if (hung is { } worker)
        {
            End(run, worker, workers);
            if (cluster is not null)
            {
                stop.Request(StopReason.WorkerHung);
            }
        }
    }

    /// <summary>It may wait for somebody with a time-out of its own, or for a person.</summary>
    private static bool MayStand(NodeJob node) => PeersReader.Named(node.Memory).Any()
        || node.Guest.System?.Console == OutputChoice.Inherit
        || node.Guest.Program.Stdin == "inherit"
        || node.Guest.Program.Stdout == OutputChoice.Inherit
        || node.Guest.Program.Stderr == OutputChoice.Inherit;

    /// <summary>A worker hangs: nothing it could still say is waited for.</summary>
    private static void End(RunRecord run, int worker, WorkerGroup workers)
    {
        NodeRecord[] nodes = [.. workers.Layout[worker].Select(node => run.Nodes[node])];
        string names = NodeNotes.Names([.. nodes.Select(node => node.Node.Name)]);
        string hang = $"the worker of {names} hangs: no progress within {run.Job.Sync.Timeout} "
            + $"(at {new VirtualTime(nodes.Max(node => node.TimePs))})";
        foreach (NodeRecord node in nodes.Where(node => !node.HasFinished))
        {
            node.Hang = hang;
        }

        workers.Kill(worker);
    }

    private static void Finish(
        RunRecord run, int worker, WorkerGroup workers, PeerGroup peers, double seconds)
    {
        int code = workers.WaitForExit(worker);
        foreach (int node in workers.Layout[worker])
        {
            run.Nodes[node].Loss = workers.LossOf(worker);
            run.Nodes[node].IsBroken = workers.IsBroken(worker);
            Finish(run.Nodes[node], code, peers, seconds);
        }
    }

    private static void Finish(NodeRecord node, int exitCode, PeerGroup peers, double seconds)
    {
        node.WorkerExitCode = exitCode;
        node.IsOver = true;
        node.WallSeconds = seconds;
        peers.EndOf(node.Node.Memory.Peer, inPeace: node.End is not null);
    }

    private static HostFigures Figures(RunRecord run, double childrenBefore)
    {
        // A node tells what its worker had used, which may have run others too.
        double workers = run.Nodes.GroupBy(node => (node.Node.Host, node.WorkerId))
            .Sum(nodes => nodes.Max(node => node.End?.CpuSeconds ?? 0));
        bool hasPeers = run.Job.Peers.Count > 0;
        bool isHere = run.Job.Hosts.Count < 2;
        return new HostFigures
        {
            WallSeconds = run.WallSeconds,
            FrontCpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
            WorkerCpuSeconds = workers,
            PeerCpuSeconds = hasPeers && isHere
                ? Math.Max(0, Math.Round(ChildProcesses.CpuSeconds() - childrenBefore - workers, 6))
                : null,
            PeerWaitSeconds = hasPeers
                ? Math.Round(
                    run.Nodes.Sum(node => node.PeerWaitSeconds) + run.NetworkWaitSeconds, 6)
                : null,
            PeakMemoryBytes = run.Nodes.Max(node => node.End?.PeakMemoryBytes ?? 0),
            FrontId = Environment.ProcessId,
            Nodes = [.. run.Nodes.Select(Figures)],
            VirtualSeconds = run.TimePs / 1e12,
            Instructions = run.Instructions,
        };
    }

    private static NodeHostFigures Figures(NodeRecord node) => new()
    {
        Name = node.Node.Name,
        WorkerId = node.WorkerId,
        WallSeconds = node.WallSeconds,
        CpuSeconds = node.End?.CpuSeconds ?? 0,
        PeerWaitSeconds = node.PeerWaitSeconds,
        PeakMemoryBytes = node.End?.PeakMemoryBytes ?? 0,
        Instructions = node.Instructions,
    };
}
