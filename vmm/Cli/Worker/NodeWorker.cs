using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
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
internal sealed class NodeWorker : IDisposable
{
    private readonly WorkerLink _link;
    private readonly NodeSession _session;
    private readonly GuestKernel _kernel;
    private readonly IVcpuEngine _engine;
    private readonly ICacheHierarchy? _hierarchy;
    private readonly FlatDram? _dram;
    private readonly List<WirePeer> _peers = [];
    private readonly List<TimedTransport> _peerTimes = [];
    private readonly ClusterPlace? _cluster;
    private readonly NodePort? _port;
    private readonly int _index;
    private readonly bool _mayUseRing;
    private readonly GuestOutput _output;
    private readonly GuestOutput _error;
    private readonly string _name;
    private readonly int _vcpuCount;
    private readonly int _nodeCount;

    /// <param name="physical">With this node only, as the job says it.</param>
    public NodeWorker(Job physical, NodePlace place, WorkerLink link)
    {
        Job job = Dilation.Apply(physical);
        NodeJob node = job.Nodes[0];
        _link = link;
        _name = node.Name;
        _vcpuCount = node.Cores.Count;
        _nodeCount = place.Count;
        _session = new NodeSession(JobMapping.Session(job, node, new GuestMarks(node.Name, link)));
        ProgramJob program = node.Guest.Program;
        _output = Output(1, program.Stdout, place, "stdout.txt");
        _error = Output(2, program.Stderr, place, "stderr.txt");
        _cluster = place.Cluster;
        _index = place.Index;
        _mayUseRing = job.Sync.Transport == SyncTransport.Ring;
        _port = _cluster is null ? null : new NodePort(_session, _index);
        GuestPorts ports = new()
        {
            Clock = _session,
            Events = _session.Events,
            Scheduler = _session,
            Accesses = _session,
            Frames = _port,
        };
        _kernel = GuestKernel.Create(
            JobMapping.Guest(job, node, place),
            JobMapping.Files(node, HostTerminal.Describe(program)),
            new StandardStreams(Input(program.Stdin), _output, _error));
        if (job.Events.Level.HasRecords() && !node.Memory.Caches.IsNone())
        {
            _hierarchy = Hierarchy(node, place);
            _session.AddStatistics("caches", (IStatisticsSource)_hierarchy);
            if (node.Memory.Peer is null)
            {
                _dram = new FlatDram($"{place.Path}.memory.dram", JobMapping.Dram(node.Memory));
                _session.AddStatistics("dram", _dram);
            }
        }

        foreach (PeerJob peer in job.Peers)
        {
            _peers.Add(PeerFactory.Create(
                job, peer, node, _hierarchy, out TimedTransport time));
            _peerTimes.Add(time);
        }

        _engine = EngineFactory.Create(job.Events, node, place, _kernel, _session);
        _session.Attach(
            _engine,
            _kernel,
            _kernel.AddressSpace,
            _hierarchy,
            _dram,
            _peers.Find(peer => peer.Name == node.Memory.Peer),
            [.. node.Memory.Windows.Select(Window)]);
        ScheduleRates(physical);
        _kernel.Attach(ports);
        _port?.Attach(_kernel.FrameReceiver!);
    }

    private void ScheduleRates(Job physical)
    {
        NodeJob node = physical.Nodes[0];
        IReadOnlyList<TdfStep> steps = Dilation.TdfOf(physical, node).Steps;
        foreach (TdfStep step in physical.DilatesNode(node) ? steps.Skip(1) : [])
        {
            _session.ScheduleRates(JobMapping.Rates(physical, step, _dram));
        }
    }

    /// <summary>Any thread.</summary>
    public void RequestStop() => _session.RequestStop();

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

    /// <exception cref="PeerFaultException">The peer did not come or did not fit.</exception>
    public void Run()
    {
        foreach (WirePeer peer in _peers)
        {
            peer.Connect();
        }

        _link.Send(new WorkerMessage { Kind = WorkerMessageKind.Started });
        NodeResult result;
        try
        {
            using (new ProgressReporter(
                _session, _vcpuCount, _nodeCount, Collect, PeerWait, _link))
            {
                result = RunSession();
            }

            foreach (WirePeer peer in _peers)
            {
                peer.Finish(result.Time);
            }
        }
        catch (PeerFaultException e)
        {
            TellFault(e);
            return;
        }

        bool closed = (_output.IsClosed || _error.IsClosed) && result.End == NodeEnd.Stopped;
        _link.Send(new WorkerMessage
        {
            Kind = WorkerMessageKind.Ended,
            TimePs = result.Time.Picoseconds,
            Instructions = _session.ReadProgress().Instructions,
            PeerWaitSeconds = PeerWait(),
            Lines = result.Report,
            Statistics = StatisticLine.From(Collect()),
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
            },
        });
    }

    public void Dispose()
    {
        foreach (WirePeer peer in _peers)
        {
            peer.Dispose();
        }

        _engine.Dispose();
        _kernel.Dispose();
        _session.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Alone, or as far as the network's coordinator grants, until it says that the run is
    /// over.</summary>
    private NodeResult RunSession()
    {
        if (_cluster is null)
        {
            return _session.Run();
        }

        using ZeroMqContext context = new();
        using WorkerConnection line = WorkerConnection.Dial(context, _cluster.Endpoint, _name);
        SessionNode node = new(_index, _session, _port!);
        LocalClusterWorker nodes = new(node);
        using ClusterWorkerServer server = new(_name, line, nodes, _mayUseRing);
        server.Run();
        if (_session.Result is null)
        {
            _session.RequestStop();
            _session.RunUntil(VirtualTime.MaxValue);
        }

        return _session.Result!; // A stopped session has one.
    }

    private double PeerWait() => _peerTimes.Sum(time => time.WaitSeconds);

    private NodeWindow Window(WindowJob window) => new(
        window.Name,
        JobMapping.BaseOf(window),
        window.Size.Bytes,
        window.Kind == WindowKind.Device,
        _peers.First(peer => peer.Name == window.Peer));

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

        Frequency[] clocks = new Frequency[node.Cores.Count];
        Array.Fill(clocks, node.Cores.Frequency);
        return new CacheHierarchy(
            $"{place.Path}.memory.caches", JobMapping.Hierarchy(node.Memory), clocks);
    }

    private void TellFault(PeerFaultException e) => _link.Send(new WorkerMessage
    {
        Kind = WorkerMessageKind.PeerFailed,
        TimePs = _session.ReadProgress().Time.Picoseconds,
        Instructions = _session.ReadProgress().Instructions,
        Lines = [e.Message],
        Statistics = StatisticLine.From(Collect()),
    });

    /// <summary>Also called while the node runs: then each number is recent, not the set.</summary>
    private StatisticsList Collect()
    {
        StatisticsList list = new();
        list.Add(_name, _session);
        if (_hierarchy is IStatisticsSource caches)
        {
            list.Add($"{_name}.caches", caches);
        }

        if (_dram is not null)
        {
            list.Add($"{_name}.dram", _dram);
        }

        return list;
    }
}
