using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>docs/protocol.md, section 8: nodes and network behind the wire give what they give in
/// process.</summary>
public sealed class WireClusterTests : IDisposable
{
    private const int Nodes = 6;

    private readonly DirectoryInfo _sockets =
        Directory.CreateTempSubdirectory("dilaton-cluster-");

    public void Dispose() => _sockets.Delete(recursive: true);

    public static TheoryData<string, int> Layouts => new()
    {
        { "inproc", 1 }, { "inproc", 4 }, { "ipc", 2 }, { "tcp", 3 }, { "ring", 3 },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void NodesBehindTheWire_GiveTheSameBytes(string transport, int workers)
    {
        foreach (ulong seed in (ulong[])[3, 4])
        {
            var alone = new ClusterRun(Nodes, seed, s_slack);
            string first = alone.Run();
            using var context = new ZeroMqContext();
            List<WireClusterWorker> lines = [];
            List<Thread> threads = [];
            var run = new ClusterRun(Nodes, seed, s_slack, layout: nodes =>
            {
                lines.AddRange(nodes.GroupBy(n => n.Id % workers).Select(
                    g => Start(context, transport, [.. g], threads)));
                return lines;
            });
            run.Run().ShouldBe(first, $"seed {seed}");
            Numbers(run).ShouldBe(Numbers(alone));
            lines.ForEach(l => l.Finish(VirtualTime.Zero));
            threads.ForEach(t => t.Join());
            lines.ForEach(l => l.Dispose());
        }
    }

    [Theory]
    [InlineData("inproc", 0, false)]
    [InlineData("ipc", 300, true)]
    [InlineData("tcp", 300, false)]
    public void ANetworkBehindTheWire_GivesWhatItGivesInProcess(
        string transport, ulong ahead, bool isVague)
    {
        foreach (ulong seed in (ulong[])[5, 6])
        {
            var inProcess = new ClusterRun(Nodes, seed, null, ahead, isVague);
            string first = inProcess.Run();
            using var context = new ZeroMqContext();
            NodeScript[] scripts = ClusterRun.Scripts(Nodes, seed);
            using WireNetwork network = Connect(
                context, transport, new ScriptedNetwork(Nodes, seed, ahead, isVague), null,
                out Thread thread);
            var coordinator = new ClusterCoordinator(
                network,
                [new LocalClusterWorker([.. scripts.Select((s, i) => new ScriptedNode(i, s))])],
                ClusterRun.Strict);
            coordinator.Run();
            ClusterRun.Print(scripts).ShouldBe(first, $"seed {seed}");
            network.ExchangeCount.ShouldBeGreaterThan(100UL);
            network.Finish(VirtualTime.Zero);
            thread.Join();
        }
    }

    [Fact]
    public void ANetworkThatBreaksItsPromisesEndsTheRun()
    {
        Broken(d => d.Number++).ShouldContain("frames_done.number");
        Broken(d => d.ReachedPs = ulong.MaxValue).ShouldContain("frames_done.reached_ps");
        Broken(d => d.EarliestPs = d.ReachedPs).ShouldContain("frames_done.earliest_ps");
        Broken(d => d.Arrivals = new FrameBlock { Count = 1, SizeBytes = 1 })
            .ShouldContain("frames_done.arrivals");
    }

    [Fact]
    public void ANetworkThatDoesNotFitIsRefused()
    {
        using var context = new ZeroMqContext();
        Should.Throw<PeerFaultException>(() => Connect(
                context, "inproc", new ScriptedNetwork(Nodes - 1, 1), null, out _))
            .Message.ShouldContain($"ports: the job has {Nodes}, the peer has {Nodes - 1}");
    }

    [Fact]
    public void AWorkerWithOtherNodesIsRefused()
    {
        using var context = new ZeroMqContext();
        using PeerEndpoint endpoint = PeerEndpoint.Bind(context, Address("inproc"));
        using var line = new WireClusterWorker("worker", endpoint, Nodes, s_timeout);
        Thread thread = Serve(
            context, endpoint.Endpoint, "worker", [new SteppingNode(3, 1, 0)]);
        Should.Throw<PeerFaultException>(() => line.Connect("session", [3, 4]))
            .Message.ShouldContain("nodes: the job has 3 4, the peer has 3");
        thread.Join();
    }

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private static readonly ClusterOptions s_slack = new()
    {
        Sync = ClusterSync.Slack,
        Slack = new VirtualDuration(1_500),
        LatePerMille = ClusterOptions.DefaultLatePerMille,
    };

    private static int s_addresses;

    private string Broken(Action<FramesDone> spoil)
    {
        using var context = new ZeroMqContext();
        using WireNetwork network = Connect(
            context, "inproc", new ScriptedNetwork(Nodes, 1), spoil, out Thread thread);
        network.Send(new FrameDeparture(new VirtualTime(5), 1, new byte[] { 2, 0 }));
        string message = Should.Throw<PeerFaultException>(
            () => network.Advance(new VirtualTime(100), [])).Message;
        thread.Join();
        return message;
    }

    private WireNetwork Connect(
        ZeroMqContext context,
        string transport,
        INetworkModel model,
        Action<FramesDone>? spoil,
        out Thread thread)
    {
        PeerEndpoint endpoint = PeerEndpoint.Bind(context, Address(transport));
        var network = new WireNetwork(
            new WireNetworkOptions
            {
                Name = "fabric",
                Session = "test",
                PortCount = Nodes,
                Timeout = s_timeout,
                IsManual = false,
            },
            endpoint);
        thread = new Thread(() =>
        {
            using WorkerConnection connection = WorkerConnection.Dial(
                context, endpoint.Endpoint, "fabric");
            new NetworkPeer(connection, "fabric", model) { Spoil = spoil }.Run();
        })
        {
            IsBackground = true,
        };
        thread.Start();
        try
        {
            network.Connect();
        }
        catch (PeerFaultException)
        {
            thread.Join();
            network.Dispose();
            throw;
        }

        return network;
    }

    private WireClusterWorker Start(
        ZeroMqContext context,
        string transport,
        IReadOnlyList<IClusterNode> nodes,
        List<Thread> threads)
    {
        PeerEndpoint endpoint = PeerEndpoint.Bind(context, Address(transport));
        string name = $"worker{threads.Count}";
        threads.Add(Serve(context, endpoint.Endpoint, name, nodes));
        OfferedRing? ring = transport == "ring" ? new OfferedRing(endpoint, name) : null;
        var line = new WireClusterWorker(
            name, ring is null ? endpoint : ring, Nodes, s_timeout, ring);
        line.Connect("test", [.. nodes.Select(n => n.Id)]);
        return line;
    }

    private static Thread Serve(
        ZeroMqContext context, string endpoint, string name, IReadOnlyList<IClusterNode> nodes)
    {
        var thread = new Thread(() =>
        {
            using WorkerConnection connection = WorkerConnection.Dial(context, endpoint, name);
            using var server = new ClusterWorkerServer(
                name, connection, new LocalClusterWorker(nodes), mayUseRing: true);
            try
            {
                server.Run();
            }
            catch (PeerFaultException)
            {
                // The test that has it refused sees it at the other end.
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    private string Address(string transport)
    {
        int number = Interlocked.Increment(ref s_addresses);
        return transport switch
        {
            "ipc" or "ring" => $"ipc://{_sockets.FullName}/{number}",
            "tcp" => "tcp://127.0.0.1:*",
            _ => $"inproc://cluster-{number}",
        };
    }

    private static string Numbers(ClusterRun run)
    {
        var list = new StatisticsList();
        run.Coordinator.Statistics.Collect(list);
        return string.Join('\n', list.Items);
    }
}
