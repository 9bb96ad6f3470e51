using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;
using Dilaton.Tests.Simulation;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A cluster of scripted nodes whose network is the switch of dilaton-peer.</summary>
public sealed class NetworkPeerTests
{
    private const int Nodes = 5;

    [RequiresPeerFact]
    public void TheSwitchGivesTheSameOverIpc_TheRing_AndTcp()
    {
        string first = Run("ipc", hasRing: false, seed: 1);
        first.ShouldContain(" takes ");
        Run("ipc", hasRing: true, seed: 1).ShouldBe(first);
        Run("tcp", hasRing: false, seed: 1).ShouldBe(first);
        Run("ipc", hasRing: true, seed: 2).ShouldNotBe(first);
    }

    [RequiresPeerFact]
    public void ADeadNetworkEndsTheRun()
    {
        using var folder = new TempFolder();
        using WireNetwork network = Start(folder, "ipc", false, out Process process);
        process.Kill();
        process.WaitForExit();
        network.Send(new FrameDeparture(new VirtualTime(5), 1, new byte[] { 2, 0 }));
        Should.Throw<PeerFaultException>(() => network.Advance(new VirtualTime(100), []))
            .Message.ShouldContain("peer 'fabric'");
        process.Dispose();
    }

    private static string Run(string transport, bool hasRing, ulong seed)
    {
        using var folder = new TempFolder();
        using WireNetwork network = Start(folder, transport, hasRing, out Process process);
        network.Software.ShouldBe("dilaton-peer 1");
        NodeScript[] scripts =
            [.. Enumerable.Range(0, Nodes).Select(i => new NodeScript(i, Nodes, seed, 80))];
        var coordinator = new ClusterCoordinator(
            network,
            [new LocalClusterWorker([.. scripts.Select((s, i) => new ScriptedNode(i, s))])],
            new ClusterOptions
            {
                Sync = ClusterSync.Strict,
                Slack = VirtualDuration.Zero,
                LatePerMille = ClusterOptions.DefaultLatePerMille,
            });
        ClusterResult result = coordinator.Run();
        coordinator.Statistics.FramesLate.ShouldBe(0UL);
        coordinator.Statistics.FramesDelivered.ShouldBeGreaterThan(50UL);
        network.Finish(result.Time);
        process.WaitForExit(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        process.Dispose();
        return string.Join("\n--\n", scripts.Select(s => string.Join('\n', s.Trace)));
    }

    private static WireNetwork Start(
        TempFolder folder, string transport, bool hasRing, out Process process)
    {
        PeerEndpoint socket = PeerEndpoint.Bind(
            new ZeroMqContext(),
            transport == "ipc" ? $"ipc://{folder.Path}/fabric" : "tcp://127.0.0.1:*");
        OfferedRing? ring = hasRing ? new OfferedRing(socket, "fabric") : null;
        process = Launch(socket.Endpoint);
        var network = new WireNetwork(
            new WireNetworkOptions
            {
                Name = "fabric",
                Session = "test",
                PortCount = Nodes,
                Timeout = TimeSpan.FromSeconds(60),
                IsManual = false,
            },
            ring is null ? socket : ring,
            ring);
        network.Connect();
        return network;
    }

    private static Process Launch(string endpoint)
    {
        var start = new ProcessStartInfo(PeerJob.Program)
        {
            ArgumentList =
            {
                "--network", "--latency", "300ps", "--bandwidth", "8Tbps",
                "--receive-latency", "100ps",
            },
        };
        start.Environment["DILATON_ENDPOINT"] = endpoint;
        start.Environment["DILATON_PEER"] = "fabric";
        return Process.Start(start)!;
    }
}
