using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`network`, `sync` and `nodes[].nic` of a job.</summary>
public sealed class NetworkJobTests
{
    private const string Nodes = """
        apiVersion: dilaton/v1
        nodes:
          - name: n
            count: 4
            nic: {bandwidth: 1Gbps, mtu: 9000B, queue: 8}
            guest: {program: {path: /bin/true}}
        sync: {mode: adaptive, slack: 5us, late: 20, timeout: 7s, transport: tcp}
        network:
          kind: torus
          dimensions: [2, 2]
          link: {bandwidth: 10Gbps, latency: 1us, mtu: 9000B, buffer: 64KiB, loss: 1/1000, overhead: 24}
          switch: {latency: 200ns}
          rates: physical
          pcap: true

        """;

    [Fact]
    public void WrittenJob_IsWhatTheSerializerWritesAndReadsBack()
    {
        Job job = CliFixture.Good(Nodes);
        string text = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));

        text.ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        Job again = CliFixture.Good(text);
        JobWriter.Write(again, indented: true).ShouldBe(JobWriter.Write(job, indented: true));
    }

    [Fact]
    public void Defaults_AreThoseOfTheModel()
    {
        Job job = Resolved(CliFixture.Minimal + "\nnetwork: {kind: star}\n", "nodes[0].count=2").Job;
        Dilaton.Models.Network.LinkOptions link = NetworkDefaults.Link;
        LinkJob own = job.Network!.Link;

        own.Bandwidth.BitsPerSecond.ShouldBe(link.BandwidthBitsPerSecond);
        own.Latency.ShouldBe(link.Latency);
        ((int)own.Mtu.Bytes).ShouldBe(link.MtuBytes);
        own.Buffer.Bytes.ShouldBe(link.BufferBytes);
        own.Loss.ShouldBe(link.Loss);
        own.Overhead.ShouldBe(link.OverheadBytes);
        job.Network.Switch.Latency.ShouldBe(NetworkDefaults.Network.ForwardingLatency);
        (job.Network.Down, job.Network.Up)
            .ShouldBe((NetworkDefaults.FatTree.Down, NetworkDefaults.FatTree.Up));
    }

    [Fact]
    public void Interface_HasTheAddressesThatTheNetworkKnows()
    {
        Job job = CliFixture.Good(Nodes);
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"n{i}")];
        Dilaton.Guest.NetworkOptions nic =
            NetworkMapping.Interface(job.Network!, job.Nodes[0].Nic, 299, names);

        nic.Address.ToString().ShouldBe("10.0.1.44");
        nic.Mac.ToString().ShouldBe("02:00:00:00:01:2b");
        byte[] mac = new byte[6];
        nic.Mac.Write(mac);
        byte[] known = new byte[6];
        EthernetFrame.WriteAddress(299, known);
        mac.ShouldBe(known);
        nic.MtuBytes.ShouldBe(9000);
        nic.BandwidthBitsPerSecond.ShouldBe(1_000_000_000UL);
        nic.QueueFrames.ShouldBe(8);
        nic.Hosts.Count.ShouldBe(300);
        nic.Hosts[1].ToString().ShouldContain("10.0.0.2");
        nic.Validate("nic");
    }

    /// <summary>A job can't give two nodes one address: it gives none.</summary>
    [Fact]
    public void AddressesOfAsManyNodesAsThereMayBe_AreDistinctAndOfTheirNetwork()
    {
        HashSet<string> seen = [];
        for (int i = 0; i < Job.NodesMax; i++)
        {
            seen.Add(NetworkMapping.Address(i).ToString()).ShouldBeTrue();
            seen.Add(NetworkMapping.Mac(i).ToString()).ShouldBeTrue();
        }

        NetworkMapping.Address(0).ToString().ShouldBe("10.0.0.1");
        NetworkMapping.Address(Job.NodesMax - 1).ToString().ShouldBe("10.0.255.254");
    }

    [Theory]
    [InlineData("star")]
    [InlineData("ring")]
    [InlineData("fat-tree")]
    [InlineData("dragonfly")]
    [InlineData("loggp")]
    public void EveryKind_MakesAModelForItsNodes(string kind)
    {
        (Job job, DiagnosticBag bag) = Resolved(
            $"{CliFixture.Minimal}\nnetwork: {{kind: {kind}}}\n", "nodes[0].count=5");

        bag.Print().ShouldBe("");
        INetworkModel model = NetworkMapping.Model(job);
        model.PortCount.ShouldBe(5);
        model.Lookahead.ShouldBeGreaterThan(VirtualDuration.Zero);
    }

    [Theory]
    [InlineData("{kind: torus, dimensions: [1, 2]}", "network.dimensions: 1x2 routers")]
    [InlineData("{kind: point-to-point}", "network: point-to-point joins 2 nodes, not 4")]
    [InlineData("{link: {latency: 0ps}}", "network.link.latency: 0ps leaves no lookahead")]
    [InlineData("{link: {bandwidth: 8bps}}", "network.link.bandwidth: 8bps is not in")]
    [InlineData("{link: {loss: 3/2}}", "network.link.loss: 3/2 is above 1")]
    [InlineData("{switch: {latency: 2s}}", "network.switch.latency: 2s is not in")]
    public void WhatTheModelRefuses_IsNamedWithTheJobsKeyAndPlace(string network, string message)
    {
        (Job _, DiagnosticBag bag) = Resolved(
            $"{CliFixture.Minimal}\nnetwork: {network}\n", "nodes[0].count=4");

        bag.Print().ShouldContain(message);
        bag.Items.Count.ShouldBe(1);
        bag.Print().ShouldContain("job.yaml:4:");
    }

    /// <summary>One direction of one node's link: the others, and what its interface does, are as
    /// they were, but for the interface of the node that sends by it.</summary>
    [Fact]
    public void ASingleLink_CanBeDifferent()
    {
        (Job job, DiagnosticBag bag) = Resolved(
            CliFixture.Minimal + "\nnetwork: {kind: star, links: [{name: node1.up, bandwidth: "
                + "1Gbps, latency: 9us}]}\n",
            "nodes[0].count=2");
        bag.Print().ShouldBe("");
        INetworkModel changed = NetworkMapping.Model(job);
        INetworkModel plain =
            NetworkMapping.Model(job with { Network = job.Network! with { Links = [] } });
        (Arrival(changed, 0) - Arrival(plain, 0)).ShouldBe(VirtualDuration.Zero);

        // 8.5 us more of latency; 64 B at 1 instead of 10 Gbps are 460.8 ns more.
        (Arrival(changed, 1) - Arrival(plain, 1)).ShouldBe(new VirtualDuration(8_960_800));
        string[] names = ["a", "b"];
        NetworkMapping.Interface(job.Network!, new NicJob(), 1, names)
            .BandwidthBitsPerSecond.ShouldBe(1_000_000_000UL);
        NetworkMapping.Interface(job.Network!, new NicJob(), 0, names)
            .BandwidthBitsPerSecond.ShouldBe(10_000_000_000UL);

        static VirtualTime Arrival(INetworkModel model, int from)
        {
            List<FrameArrival> arrivals = [];
            model.Send(Frame(from, 100_000_000UL * ((ulong)from + 1)));
            while (arrivals.Count == 0)
            {
                model.Advance(VirtualTime.MaxValue, arrivals);
            }

            return arrivals[0].Time;
        }
    }

    [Theory]
    [InlineData("node7.up", "network.links[0].name: this topology has no such link", "did you mean 'node")]
    [InlineData("spine", "network.links[0].name", "there are node0.up, node1.up, node2.up")]
    public void AnUnknownLink_IsRefusedWithNamesThatThereAre(string name, string message, string help)
    {
        string text = Resolved(
            $"{CliFixture.Minimal}\nnetwork: {{links: [{{name: {name}}}]}}\n", "nodes[0].count=4")
            .Bag.Print();
        text.ShouldContain(message);
        text.ShouldContain(help);
        text.ShouldContain("job.yaml:4:");
    }

    [Theory]
    [InlineData("{kind: mesh}", "'mesh' is not one of star, point-to-point, ring")]
    [InlineData("{kind: star, dimensions: [2]}", "network.dimensions: a network of kind 'star' has none")]
    [InlineData("{kind: torus}", "network.dimensions is missing")]
    [InlineData("{kind: torus, dimensions: [2, x]}", "network.dimensions[1]: 'x' is no whole number")]
    [InlineData("{kind: ring, dimensions: [2, 2]}", "a ring has one")]
    [InlineData("{link: {latncy: 1us}}", "network.link.latncy: no such key")]
    [InlineData("{link: {mtu: 64B}}", "64B is out of range (576B to 9216B)")]
    [InlineData("{pcap: maybe}", "network.pcap: 'maybe' is not one of true, false")]
    public void Mistakes_AreNamed(string network, string message) =>
        CliFixture.Mistakes($"{CliFixture.Minimal}\nnetwork: {network}\n").ShouldContain(message);

    [Theory]
    [InlineData("sync={mode: slack}", "sync.slack is missing")]
    [InlineData("sync={mode: strict, slack: 1us}", "sync.slack: 'strict' has none")]
    [InlineData("sync={mode: slack, slack: 2s}", "2s is out of range")]
    [InlineData("sync={timeout: 1ms}", "sync.timeout: 1ms is out of range")]
    public void MistakesOfSync_AreNamed(string change, string message) =>
        CliFixture.Mistakes($"{CliFixture.Minimal}\nnetwork: {{}}\n", change)
            .ShouldContain(message);

    [Theory]
    [InlineData("sync={mode: free}", "sync.mode: without a network nothing keeps nodes together")]
    [InlineData("nic={queue: 5}", "nodes[0].nic: the job has no network")]
    public void WhatNeedsANetwork_IsRefusedWithoutOne(string change, string message) =>
        Resolved(CliFixture.Minimal, change).Bag.Print().ShouldContain(message);

    private const string PeerNetwork = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
            count: 2
        network: {kind: peer, peer: fabric}
        peers:
          - {name: fabric, kind: command, program: dilaton-peer, args: [--network]}

        """;

    [Fact]
    public void ANetworkThatIsAPeer_IsReadAndWrittenAsItIs()
    {
        Job job = CliFixture.Good(PeerNetwork);
        (job.Network!.Kind, job.Network.Peer).ShouldBe((NetworkKind.Peer, "fabric"));
        string text = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));
        text.ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        JobWriter.Write(CliFixture.Good(text), indented: true)
            .ShouldBe(JobWriter.Write(job, indented: true));
        Resolved(PeerNetwork).Bag.Print().ShouldBe("");
        LaunchPlan.Lines(job, "/results")
            .ShouldContain("network: peer 'fabric' carries the frames of all nodes");
    }

    [Theory]
    [InlineData("peer: fabric", "peer: fabrc", "network.peer: there is no peer 'fabrc'")]
    [InlineData("peer: fabric", "peer: fabrc", "did you mean 'fabric'?")]
    [InlineData("peer: fabric", "peer: fabrc", "nothing uses the peer 'fabric'")]
    [InlineData(", peer: fabric", "", "network.peer is missing")]
    [InlineData("kind: peer", "kind: star", "network.peer: a network of kind 'star' has none")]
    [InlineData("peer: fabric}", "peer: fabric, link: {latency: 1us}}",
        "network.link: a network of kind 'peer' has none")]
    [InlineData("peer: fabric}", "peer: fabric, link: {latency: 1us}}", "links and switches are the peer's")]
    [InlineData("peer: fabric}", "peer: fabric, switch: {latency: 1us}}",
        "network.switch: a network of kind 'peer' has none")]
    [InlineData("peer: fabric}", "peer: fabric, gap: 1us}", "network.gap: a network of kind 'peer'")]
    [InlineData("count: 2", "memory: {peer: fabric}", "'fabric' times the memory of nodes[0] already")]
    [InlineData("args: [--network]", "minLatency: 5ns", "'fabric' has a minLatency")]
    [InlineData("args: [--network]", "record: wire.log", "'fabric' has a record")]
    [InlineData("kind: command, program: dilaton-peer, args: [--network]", "kind: gem5, config: a.py",
        "'fabric' is of kind gem5, which carries no frames")]
    public void MistakesOfANetworkThatIsAPeer_AreNamed(string good, string bad, string message) =>
        CliFixture.Mistakes(PeerNetwork.Replace(good, bad, StringComparison.Ordinal))
            .ShouldContain(message);

    [Fact]
    public void Capture_IsInTheOrderOfVirtualTime()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("dilaton-unit-");
        try
        {
            Job job = Resolved(
                CliFixture.Minimal + "\nnetwork: {kind: star}\n", "nodes[0].count=2").Job;
            ResultFolder folder = ResultFolder.Create(root.FullName, false, new DiagnosticBag())!;
            using (FrameCapture capture = new(NetworkMapping.Model(job), job, folder))
            {
                List<FrameArrival> arrivals = [];
                capture.Send(Frame(0, 1_000_000));
                capture.Send(Frame(1, 1_500_000));
                VirtualTime reached = VirtualTime.Zero;
                while (arrivals.Count < 2)
                {
                    reached = capture.Advance(new VirtualTime(50_000_000), arrivals);
                }

                capture.Finish();
            }

            byte[] pcap = File.ReadAllBytes(Path.Combine(root.FullName, "pcap", "node0.pcap"));
            BitConverter.ToUInt32(pcap, 0).ShouldBe(0xa1b23c4du);
            BitConverter.ToUInt32(pcap, 20).ShouldBe(1u);

            // Its own at 1 us, then the other's at its arrival.
            pcap.Length.ShouldBe(24 + (2 * (16 + 64)));
            BitConverter.ToUInt32(pcap, 24).ShouldBe((uint)job.Time.Epoch.UnixSeconds);
            BitConverter.ToUInt32(pcap, 28).ShouldBe(1_000u);
            BitConverter.ToUInt32(pcap, 24 + 80 + 4).ShouldBeGreaterThan(1_500u);
            pcap[24 + 80 + 16 + 6 + 5].ShouldBe((byte)1);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static FrameDeparture Frame(int from, ulong timePs)
    {
        byte[] frame = new byte[64];
        EthernetFrame.WriteAddress(1 - from, frame);
        EthernetFrame.WriteAddress(from, frame.AsSpan(6));
        return new FrameDeparture(new VirtualTime(timePs), from, frame);
    }

    private static (Job Job, DiagnosticBag Bag) Resolved(string text, params string[] overrides)
    {
        DiagnosticBag bag = new();
        JobMap root = (JobMap)YamlReader.Read(new SourceText("job.yaml", text), bag)!;
        CommandLineText arguments = new();
        foreach (string argument in overrides)
        {
            arguments.AddOverride(argument);
        }

        arguments.Apply(root, bag);
        Job job = new JobBinder(bag).Bind(root);
        return (new JobResolver(root, bag).Resolve(job, "/usr", out _), bag);
    }
}
