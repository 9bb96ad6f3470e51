using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>dilaton.Nic in the real SST.</summary>
public sealed class NicTests
{
    private const int Nodes = 16;
    private const int Frames = 300;

    [SstTheory("merlin")]
    [InlineData("torus")]
    [InlineData("fat-tree")]
    [InlineData("dragonfly")]
    public void OverAnExamplesNetwork_EveryFrameArrivesWhole_AsOftenAsItShould(string name)
    {
        List<FrameDeparture> traffic = NetworkPlay.Traffic(1, Nodes, Frames);
        using SstNetwork sst = new(SstNetwork.Example(name), Nodes);
        SstNetworkRun run = sst.Run(traffic);
        NetworkPlay.HoldConserved(traffic, run.Arrivals, Nodes);
        run.Sum("frames_sent").ShouldBe((ulong)Frames);
        run.Sum("frames_received").ShouldBe((ulong)run.Arrivals.Count);
        run.Sum("packets_received").ShouldBe((ulong)run.Arrivals.Count);
        run.Sum("bytes_received").ShouldBe((ulong)run.Arrivals.Sum(a => (long)a.Frame.Length));
    }

    [SstFact("merlin")]
    public void Arrivals_DoNotDependOnHowFarTimeIsLetGoAtATime()
    {
        List<FrameDeparture> traffic = NetworkPlay.Traffic(2, Nodes, 100);
        SstNetworkRun[] runs = [.. new int?[] { null, 3, 4 }.Select(seed =>
        {
            using SstNetwork sst = new(SstNetwork.Example("torus"), Nodes);
            return sst.Run(traffic, seed);
        })];
        foreach (SstNetworkRun run in runs)
        {
            NetworkPlay.Lines(run.Arrivals).ShouldBe(NetworkPlay.Lines(runs[0].Arrivals));
        }
    }

    [SstFact("merlin")]
    public void HostSleeps_ChangeNoByte()
    {
        using TempFolder folder = new();
        string stopped = SstJob.Wrapper(folder, """
            sst "$@" & p=$!
            trap 'kill -KILL $p 2>/dev/null' EXIT
            while kill -0 $p 2>/dev/null
            do sleep 0.03; kill -STOP $p 2>/dev/null; sleep 0.05; kill -CONT $p 2>/dev/null
            done
            wait $p
            """);
        List<FrameDeparture> traffic = NetworkPlay.Traffic(5, Nodes, Frames);
        using SstNetwork quiet = new(SstNetwork.Example("dragonfly"), Nodes);
        using SstNetwork disturbed = new(SstNetwork.Example("dragonfly"), Nodes, stopped);
        SstNetworkRun a = quiet.Run(traffic);
        SstNetworkRun b = disturbed.Run(traffic);
        NetworkPlay.Lines(b.Arrivals).ShouldBe(NetworkPlay.Lines(a.Arrivals));
        b.Statistics.ShouldBe(a.Statistics);
    }

    [SstTheory("merlin")]
    [InlineData("")]
    [InlineData(", interface=reorder")]
    public void AFrameOfManyPackets_ArrivesWhole(string further)
    {
        List<FrameDeparture> traffic = NetworkPlay.Traffic(7, Nodes, 100);
        using SstNetwork sst = new(
            Torus($"""packet="256B", header="8B"{further}"""), Nodes);
        SstNetworkRun run = sst.Run(traffic);
        NetworkPlay.HoldConserved(traffic, run.Arrivals, Nodes);
        run.Sum("packets_received")
            .ShouldBe((ulong)run.Arrivals.Sum(a => (a.Frame.Length + 255) / 256));
    }

    [SstFact("kingsley")]
    public void OverKingsleysMesh_EveryFrameArrivesWhole()
    {
        List<FrameDeparture> traffic = NetworkPlay.Traffic(8, 4, Frames);
        using SstNetwork sst = new(KingsleyMesh, 4);
        SstNetworkRun run = sst.Run(traffic);
        NetworkPlay.HoldConserved(traffic, run.Arrivals, 4);
    }

    [SstFact("merlin")]
    public void WithSmallBuffers_FramesWaitAndNoneIsLost()
    {
        FrameDeparture[] burst = [.. Enumerable.Range(0, 60).Select(i =>
            NetworkPlay.Departure(0, i % 3, 5, 1514, (uint)i)).OrderBy(d => d.Port)];
        using SstNetwork sst = new(Torus("""buffer="2KiB" """), Nodes);
        SstNetworkRun run = sst.Run(burst);
        NetworkPlay.HoldConserved(burst, run.Arrivals, Nodes);
        run.Sum("stalls").ShouldBeGreaterThan(0UL);
        run.Sum("send_wait").ShouldBeGreaterThan(0UL);

        // 60 frames of 1514 B at 10 Gbit/s take 72.7 us on the last link.
        run.Arrivals[^1].Time.Picoseconds.ShouldBeGreaterThan(72_600_000UL);
    }

    [SstFact("merlin")]
    public void WhatDoesNotGoIn_IsCountedAndDoesNotArrive()
    {
        FrameDeparture[] traffic =
        [
            NetworkPlay.Departure(0, 0, 1, 1514, 1), NetworkPlay.Departure(0, 0, 1, 1514, 2),
            NetworkPlay.Departure(0, 0, 1, 1514, 3), NetworkPlay.Departure(0, 0, 1, 1514, 4),
            NetworkPlay.Departure(0, 1, 1, 100, 5), NetworkPlay.Departure(0, 1, 99, 100, 6),
            NetworkPlay.Departure(0, 2, 1, 1515, 7),
        ];
        using SstNetwork sst = new(Torus("""buffer="2KiB", tx_queue="3000B" """), Nodes);
        SstNetworkRun run = sst.Run(traffic);

        // The first is the network's at once, the second waits, and there is no room for more.
        run.Arrivals.Select(a => NetworkPlay.NumberOf(a)).ShouldBe([1U, 2U]);
        run.Sum("dropped").ShouldBe(2UL);
        run.Sum("unroutable").ShouldBe(2UL);
        run.Sum("oversize").ShouldBe(1UL);
    }

    [SstTheory("merlin")]
    [InlineData("""buffer="1KiB" """, "1514 B never fits the output buffer")]
    [InlineData("""rx_latency="0ns" """, "rx_latency must be above 0")]
    [InlineData("""mtu="1500ns" """, "mtu must be a size such as 1500B")]
    [InlineData("""rx_latency="500B" """, "rx_latency must be a time such as 500ns")]
    [InlineData("vn=-1", "vn must not be below 0")]
    public void AMistakeInTheConfiguration_IsNamed(string parameters, string message)
    {
        using SstNetwork sst = new(Torus(parameters), Nodes);
        sst.Fails().ShouldContain(message);
    }

    [SstFact("merlin")]
    public void NodesThatAreNotCountedFromZero_AreNamed()
    {
        using SstNetwork sst = new(
            Torus("")
                + "\nimport sst\nsst.findComponentByName(\"nic2\").addParam(\"node\", 40)\n",
            Nodes);
        sst.Fails().ShouldContain("of 16 dilaton.Nic one has node 40");
    }

    [SstFact("merlin")]
    public void SeveralThreads_AreRefused()
    {
        using TempFolder folder = new();
        using SstNetwork sst = new(
            SstNetwork.Example("torus"), Nodes,
            SstJob.Wrapper(folder, """exec sst -n 2 "$@" """));
        sst.Fails().ShouldContain("needs one SST process with one thread");
    }

    /// <summary>Also while it waits for frames.</summary>
    [SstFact("merlin")]
    public void AnInterruptedSst_EndsAndWritesItsStatistics()
    {
        using SstNetwork sst = new(SstNetwork.Example("torus"), Nodes);
        sst.Network.Connect();
        sst.Network.Send(NetworkPlay.Departure(0, 0, 1, 64));
        sst.Network.Advance(new VirtualTime(1), []);
        SstJob.Sum(sst.Interrupt(), "nic0", "frames_sent").ShouldBe(1UL);
        Should.Throw<PeerFaultException>(() => sst.Network.Advance(new VirtualTime(2), []))
            .Message.ShouldContain("network");
    }

    [SstFact("merlin")]
    public void ALatencyThatIsNotKept_EndsTheRun()
    {
        using SstNetwork sst = new(Torus("""latency="5us" """), Nodes);
        sst.Fails(network =>
        {
            network.Lookahead.ShouldBe(VirtualDuration.FromNanoseconds(5500));
            network.Send(NetworkPlay.Departure(0, 0, 1, 64));
            network.Advance(VirtualTime.MaxValue, []);
        }).ShouldContain("and latency promises 5000000");
    }

    [SstFact("merlin")]
    public void AFrameThatFitsNoRoutersBuffer_IsMissed()
    {
        using SstNetwork sst = new(Torus("""buffer="1KiB", interface=wide"""), Nodes);
        sst.Fails(network =>
        {
            network.Send(NetworkPlay.Departure(0, 0, 1, 1514));
            network.Advance(VirtualTime.MaxValue, []);
        }).ShouldContain("does a packet fit the buffers of every router?");
    }

    private const string KingsleyMesh = """
        import sst

        LINKS = {}

        def link(a, b):
            name = f"link.{min(a, b)}.{max(a, b)}"
            if name not in LINKS:
                LINKS[name] = sst.Link(name)
            return LINKS[name]

        routers = [sst.Component(f"router{i}", "kingsley.noc_mesh") for i in range(4)]
        for i, router in enumerate(routers):
            router.addParams({
                "local_ports": 1, "link_bw": "4GB/s", "input_buf_size": "4KiB", "flit_size": "32B",
                "use_dense_map": "true"})
            x, y = i % 2, i // 2
            router.addLink(link(f"r{i}", f"r{i ^ 1}"), "east" if x == 0 else "west", "10ns")
            router.addLink(link(f"r{i}", f"r{i ^ 2}"), "north" if y == 0 else "south", "10ns")
            nic = sst.Component(f"nic{i}", "dilaton.Nic")
            nic.addParams({"node": i})
            nic.enableAllStatistics({})
            interface = nic.setSubComponent("networkIF", "kingsley.linkcontrol")
            interface.addParams({
                "link_bw": "4GB/s", "in_buf_size": "4KiB", "out_buf_size": "4KiB"})
            wire = sst.Link(f"local{i}")
            interface.addLink(wire, "rtr_port", "10ns")
            router.addLink(wire, "local0", "10ns")
        sst.setStatisticLoadLevel(2)
        sst.setStatisticOutput("sst.statOutputCSV", {"filepath": "statistics.csv", "separator": ","})
        """;

    private static string Torus(string parameters) => $"""
        import dilaton_merlin as dilaton
        from sst.merlin.interface import LinkControl, ReorderLinkControl
        from sst.merlin.topology import topoTorus

        wide = LinkControl()
        wide.link_bw = "10Gb/s"
        wide.input_buf_size = "64KiB"
        wide.output_buf_size = "64KiB"
        reorder = ReorderLinkControl()
        reorder.link_bw = "10Gb/s"
        reorder.input_buf_size = "64KiB"
        reorder.output_buf_size = "64KiB"
        torus = topoTorus()
        torus.shape = "4x4"
        torus.width = "1x1"
        torus.local_ports = 1
        dilaton.network(torus, nodes=16, {parameters})
        dilaton.statistics("statistics.csv")
        """;
}
