using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Kvm;
using Dilaton.Models.Memory;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>A node put together from a resolved job: session, guest, engine, memory.
/// <code>
/// NodeSession ◄── GuestKernel (its clock, events, scheduler, access sink are the session)
///      ▲  ▲────── TranslatorEngine (its memory records go to the session)
///      └───────── CacheHierarchy ── cut ── FlatDram
/// </code></summary>
internal sealed partial class NodeWorker : IDisposable
{
    private const int StateLinesMax = 16;

    private readonly NodeLink _link;
    private readonly bool _isShared;
    private readonly NodeSession _session;
    private readonly GuestKernel _kernel;
    private readonly IVcpuEngine _engine;
    private readonly HostPace? _pace;
    private readonly ICacheHierarchy? _hierarchy;
    private readonly ITimingModel? _dram;
    private readonly List<(string Name, FarMemory Memory)> _farMemories = [];
    private readonly TraceWriter? _trace;
    private readonly ProfileFiles? _profile;
    private readonly List<WirePeer> _peers = [];
    private readonly List<TimedTransport> _peerTimes = [];
    private readonly NodePort? _port;
    private readonly DebugPort? _debugPort;
    private readonly GuestDebugger? _debugger;
    private readonly int _index;
    private readonly GuestOutput _output;
    private readonly GuestOutput _error;
    private readonly string _name;
    private readonly int _vcpuCount;
    private readonly Job _physical;
    private readonly bool _isGranted;
    private readonly SampledMemory? _sampled;

    // Guards _isOver: nothing may be told of a node behind its end.
    private readonly Lock _gate = new();
    private bool _isOver;
    private bool _hasToldTaint;

    /// <param name="physical">With this node only, as the job says it.</param>
    /// <param name="isShared">Its worker has other nodes too.</param>
    private NodeWorker(Job physical, NodePlace place, bool isShared, NodeLink link)
    {
        Job job = Dilation.Apply(physical);
        NodeJob node = job.Nodes[0];
        _link = link;
        _physical = physical;
        _isGranted = place.Cluster is not null;
        _isShared = isShared;
        _name = node.Name;
        _vcpuCount = node.Cores.Count;
        _pace = job.Time.Base == TimeBase.Wall ? new HostPace(TimeProvider.System) : null;
        _session = new NodeSession(SamplingMapping.Apply(
            JobMapping.Session(job, node, place.Count, new GuestMarks(node.Name, link), _pace), job, place.Index));
        ProgramJob program = node.Guest.Program;
        _output = Output(1, program.Stdout, place, "stdout.txt");
        _error = Output(2, program.Stderr, place, "stderr.txt");
        _index = place.Index;
        _port = place.Cluster is null ? null : new NodePort(_session, _index);
        GuestPorts ports = new()
        {
            Clock = _session,
            Events = _session.Events,
            Scheduler = _session,
            Accesses = _session,
            Frames = _port,
        };
        _kernel = GuestKernel.Create(
            JobMapping.Guest(job, node, place, isShared),
            JobMapping.Files(node, HostTerminal.Describe(program)),
            new StandardStreams(Input(program.Stdin), _output, _error));
        if (job.Events.HasRecords(node) && !node.Memory.Caches.IsNone())
        {
            _hierarchy = Hierarchy(node, place);
            _session.AddStatistics("caches", (IStatisticsSource)_hierarchy);
            if (node.Memory.Peer is null)
            {
                _dram = DramMapping.Create(
                    $"{place.Path}.memory", node.Memory, node.Cores.Count);
                _session.AddStatistics("dram", (IStatisticsSource)_dram);
                _trace = TraceMapping.Open(node, place.Folder);
            }
        }

        AddPeers(job, node, place);
        _profile = OpenProfile(node, place);
        _debugPort = place.Gdb is { } gdb ? DebugPort.Listen(gdb) : null;
        _debugger = _debugPort is null ? null : new GuestDebugger(_debugPort, _session.RequestStop);
        _sampled = Sample(job, node, place);
        _engine = EngineFactory.Create(
            job.Events,
            node,
            place,
            _kernel,
            _session,
            _sampled,
            _debugger as IInstructionWatch ?? _profile?.Allocations,
            _profile?.Profile);
        if (EngineFactory.Statistics(_engine) is { } statistics)
        {
            _session.AddStatistics("kvm", statistics);
        }

        AttachSession(node, place);
        AttachProfile();
        AttachDebugger();
        ScheduleRates();
        Foretell(place.Foretold);
        _kernel.Attach(ports);
        _port?.Attach(_kernel.FrameReceiver!);
    }

    private void AddPeers(Job job, NodeJob node, NodePlace place)
    {
        foreach (PeerJob peer in job.Peers)
        {
            _peers.Add(PeerFactory.Create(
                job, peer, node, _hierarchy, place.Keys, out TimedTransport time));
            _peerTimes.Add(time);
            TellListening(peer, time);
        }
    }

    /// <returns>Null if the job samples nothing.</returns>
    private SampledMemory? Sample(Job job, NodeJob node, NodePlace place)
    {
        if (job.Events.Sampling is not { } sampling || job.Events.SamplesInTime(node))
        {
            return null;
        }

        SampledMemory sampled = SampledMemory.Create(
            sampling, job.Seed, node, place, Hierarchy(node, place));
        _session.AddStatistics("sampled", sampled.Windows);
        return sampled;
    }

    private void AttachSession(NodeJob node, NodePlace place) =>
        _session.Attach(
            _engine,
            _kernel,
            _kernel.CalledMemory,
            _hierarchy,
            _trace is null
                ? _dram
                : new TracingModel(_dram!, _trace, (uint)node.Memory.Caches.LineSize.Bytes),
            _peers.Find(peer => peer.Name == node.Memory.Peer),
            [.. node.Memory.Windows.Select(window => Window(window, node, place))],
            _profile?.Profile);

    /// <returns>Null if the node is to have none.</returns>
    private ProfileFiles? OpenProfile(NodeJob node, NodePlace place)
    {
        ProfileFiles? profile = ProfileFiles.Open(node, place.Folder);
        if (node.Profile.Symbols is { } symbols)
        {
            _kernel.CodeNames.UseSymbols($"{place.Path}.profile.symbols", _kernel.ProgramPath, symbols);
        }

        return profile;
    }

    private void AttachProfile()
    {
        if (_profile?.Timeline is { } timeline)
        {
            _session.See(timeline);
        }

        _profile?.Allocations?.Attach(
            _profile.Profile!,
            _engine.Vcpus,
            _kernel.MemoryOf,
            file => _kernel.CodeNames.FindAll(file, AllocationSites.Names));
    }

    private void AttachDebugger()
    {
        if (_debugger is not null)
        {
            _debugger.Attach(_kernel, _engine.Vcpus, _session);
            _session.Watch(_debugger);
        }
    }

    /// <summary>A peer on another host can't know where, before somebody listens.</summary>
    private void TellListening(PeerJob peer, TimedTransport wire)
    {
        if (peer.Kind != PeerKind.Replay && EndpointAddress.HasOpenPort(peer.Endpoint!))
        {
            _link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.Listening,
                Lines = [peer.Name, wire.Endpoint],
            });
        }
    }

    /// <summary>Its number in the job.</summary>
    public int Index => _index;

    /// <summary>Any thread.</summary>
    public void RequestStop()
    {
        _session.RequestStop();
        _debugPort?.Close();
    }

    /// <summary>The process of the node's peer is gone. Any thread.</summary>
    /// <param name="what">Its name, a space, and how it ended.</param>
    public void PeerEnded(string what)
    {
        foreach (WirePeer peer in _peers)
        {
            if (what.StartsWith($"{peer.Name} ", StringComparison.Ordinal))
            {
                peer.TellEnded(what[(peer.Name.Length + 1)..]);
            }
        }
    }

    /// <returns>Null if the guest or its options can't be run, which was told.</returns>
    public static NodeWorker? TryCreate(
        Job job, NodePlace place, bool isShared, NodeLink link)
    {
        try
        {
            return new NodeWorker(job, place, isShared, link);
        }
        catch (Exception e) when (Refusal(e) is not null)
        {
            Refuse(link, Refusal(e)!);
            return null;
        }
    }

    /// <summary>Waits for the node's peers.</summary>
    /// <returns>False if one did not come or did not fit, which was told.</returns>
    public bool TryStart()
    {
        try
        {
            foreach (WirePeer peer in _peers)
            {
                peer.Connect();
            }
        }
        catch (PeerFaultException e)
        {
            _link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.PeerFailed,
                Lines = [e.Message],
            });
            return false;
        }

        _link.Send(new WorkerMessage
        {
            Kind = WorkerMessageKind.Started,
            CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        });
        return true;
    }

    /// <summary>Runs to the end, without a network.</summary>
    public void RunAlone() => Guard(() =>
    {
        if (_debugPort is not null)
        {
            Console.Error.WriteLine(
                $"dilaton: waits for GDB: target remote {DebugAddress.TargetText(_debugPort.Address)}");
        }

        try
        {
            NodeResult result = _session.Run();
            _debugger?.TellEnd(result.Guest, $"the run ended: {NodeEndWords.Of(result.End)}");
            TellEnd(result);
        }
        catch (PeerFaultException e)
        {
            TellFault(e);
        }
    });

    /// <summary>The node as its network's coordinator runs it.</summary>
    public IClusterNode ClusterNode() => new SessionNode(_index, _session, _port!);

    /// <summary>The network's run is over: tells what became of the node.</summary>
    public void EndRounds()
    {
        if (_isOver)
        {
            return;
        }

        if (_session.Result is null)
        {
            _session.RequestStop();
            Guard(() => _session.RunUntil(VirtualTime.MaxValue));
        }

        if (_session.Result is { } result)
        {
            TellEnd(result);
        }
    }

    /// <summary>Does something that runs the guest.</summary>
    /// <returns>False if the guest did what is not supported, now or earlier.</returns>
    public bool Guard(Action action)
    {
        if (_isOver)
        {
            return false;
        }

        try
        {
            action();
            TellTaint();
            return true;
        }
        catch (Exception e) when (Refusal(e) is not null)
        {
            lock (_gate)
            {
                _isOver = true;
                Refuse(_link, Refusal(e)!);
            }

            return false;
        }
    }

    /// <summary>What the run depends on, other than the guest, failed.</summary>
    public void TellFault(PeerFaultException e)
    {
        _profile?.Write(_session, _kernel.CodeNames);
        TellLast(new WorkerMessage
        {
            Kind = WorkerMessageKind.PeerFailed,
            TimePs = _session.ReadProgress().Time.Picoseconds,
            Instructions = _session.ReadProgress().Instructions,
            Lines = [e.Message],
            Statistics = StatisticLine.From(Collect()),
            Timeline = _session.ReadTimeline(),
        });
    }

    /// <summary>How far the node is. Any thread.</summary>
    public void TellProgress(bool withStatistics)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            NodeProgress progress = _session.ReadProgress();
            _link.Send(new WorkerMessage
            {
                Kind = withStatistics ? WorkerMessageKind.Statistics : WorkerMessageKind.Progress,
                TimePs = progress.Time.Picoseconds,
                Instructions = progress.Instructions,
                PeerWaitSeconds = PeerWait(),
                CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
                Lines = State(),
                Statistics = withStatistics ? StatisticLine.From(Collect()) : null,
            });
        }
    }

    public void Dispose()
    {
        foreach (WirePeer peer in _peers)
        {
            peer.Dispose();
        }

        _debugPort?.Dispose();
        _engine.Dispose();
        _pace?.Dispose();
        _kernel.Dispose();
        _session.Dispose();
        _trace?.Dispose();
        _profile?.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Failures that are the guest's or the operator's, not ours.</summary>
    private static string? Refusal(Exception e) => e switch
    {
        ConfigException config => config.Message,
        GuestLoadException load => load.Message,
        UnsupportedGuestException unsupported => unsupported.Message,
        KvmGuestException kvm => kvm.Message,
        WildAccessException wild => wild.Message,
        _ => null,
    };

    private static void Refuse(NodeLink link, string why) =>
        link.Send(new WorkerMessage { Kind = WorkerMessageKind.Refused, Lines = [why] });

    private void TellLast(WorkerMessage message)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                _link.Send(message);
            }
        }
    }

    private void TellTaint()
    {
        if (_isShared && !_hasToldTaint && _kernel.WildStore is { } address)
        {
            _hasToldTaint = true;
            _link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.Tainted,
                Lines =
                [
                    $"{_name} stored to 0x{address:x}, outside its own address window, in a worker "
                        + "that it shares",
                ],
            });
        }
    }

    private void TellEnd(NodeResult result)
    {
        foreach (WirePeer peer in _peers)
        {
            peer.Finish(result.Time);
        }

        _profile?.Write(_session, _kernel.CodeNames);
        bool closed = (_output.IsClosed || _error.IsClosed) && result.End == NodeEnd.Stopped;
        TellLast(new WorkerMessage
        {
            Kind = WorkerMessageKind.Ended,
            TimePs = result.Time.Picoseconds,
            Instructions = _session.ReadProgress().Instructions,
            PeerWaitSeconds = PeerWait(),
            Lines = result.Report,
            Statistics = StatisticLine.From(Collect()),
            Timeline = _session.ReadTimeline(),
            End = new WorkerEnd(
                closed ? NodeEndWords.OutputClosed : NodeEndWords.Of(result.End),
                result.Guest is { } guest
                    ? new GuestDocument
                    {
                        ExitCode = guest.Code,
                        Signal = guest.Signal,
                        Message = guest.Message,
                    }
                    : null,
                result.Code,
                result.EventLogHash,
                [.. _kernel.UnsupportedSystemCalls.Select(Describe)],
                Environment.CpuUsage.TotalTime.TotalSeconds,
                HostMemory.PeakBytes())
            {
                Dilation = [.. result.Changes.Select(change => new DilationDocument
                {
                    VirtualTimePs = change.Time.Picoseconds,
                    Tdf = RatioText.Format(change.Factor),
                })],
                ClockRung = EngineFactory.TellClock(_engine, _pace),
                Unanswered = [.. _kernel.UnansweredAddresses.Select(a => a.ToString())],
            },
        });
    }

    private List<string> State()
    {
        List<string> lines = [];
        for (int i = 0; i < Math.Min(_vcpuCount, StateLinesMax); i++)
        {
            VcpuProgress vcpu = _session.ReadProgress(new VcpuId(i));
            lines.Add($"vcpu{i}: {vcpu.Activity}, {vcpu.Time}, {vcpu.Instructions} instructions");
        }

        return lines;
    }

    private double PeerWait() => _peerTimes.Sum(time => time.WaitSeconds);

    private NodeWindow Window(WindowJob window, NodeJob node, NodePlace place) => new(
        window.Name,
        JobMapping.BaseOf(window),
        window.Size.Bytes,
        window.Kind == WindowKind.Device,
        window.Peer is { } name
            ? _peers.First(peer => peer.Name == name)
            : FarMemory(window, node, place));

    private ModelWindowPeer FarMemory(WindowJob window, NodeJob node, NodePlace place)
    {
        ByteSize line = node.Memory.Caches.LineSize;
        FarMemory memory = DramMapping.Far(
            $"{place.Path}.memory.windows.{window.Name}", window, line);
        _session.AddStatistics($"far.{window.Name}", memory);
        _farMemories.Add((window.Name, memory));
        return new ModelWindowPeer(
            memory, (int)line.Bytes, node.Cores.Count, node.Cores.Model.StoreBuffer);
    }

    private static string Describe(UnsupportedSystemCall call) =>
        string.Create(CultureInfo.InvariantCulture, $"{call.Name} ({call.Number})");

    private GuestOutput Output(
        int descriptor, OutputChoice choice, NodePlace place, string file) =>
        new(descriptor, choice, Path.Combine(place.Folder, file), _session);

    private static IGuestInput Input(string stdin) => stdin switch
    {
        "inherit" => HostInput.FromStandardInput(),
        "none" => new BytesInput(ReadOnlyMemory<byte>.Empty),
        _ => new HostInput(File.OpenHandle(stdin)),
    };

    private static ICacheHierarchy Hierarchy(NodeJob node, NodePlace place)
    {
        if (node.Memory.Cut == CutPlace.None)
        {
            CachesJob caches = node.Memory.Caches;
            return new LineRequests(
                (int)caches.LineSize.Bytes,
                (uint)caches.L1d!.Latency.ToCycles(node.Cores.Frequency));
        }

        return new CacheHierarchy(
            $"{place.Path}.memory.caches", JobMapping.Hierarchy(node), [.. node.Cores.Clocks()]);
    }

    /// <summary>Also called while the node runs: then each number is recent, not the set.</summary>
    private StatisticsList Collect()
    {
        StatisticsList list = new();
        list.Add(_name, _session);
        if (_hierarchy is IStatisticsSource caches)
        {
            list.Add($"{_name}.caches", caches);
        }

        if (_dram is IStatisticsSource dram)
        {
            list.Add($"{_name}.dram", dram);
        }

        foreach ((string name, FarMemory memory) in _farMemories)
        {
            list.Add($"{_name}.far.{name}", memory);
        }

        if (EngineFactory.Statistics(_engine) is { } statistics)
        {
            list.Add($"{_name}.kvm", statistics);
        }

        if (_sampled is not null)
        {
            list.Add($"{_name}.sampled", _sampled.Windows);
        }

        return list;
    }
}
