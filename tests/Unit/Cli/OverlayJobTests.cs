using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`network.overlay` and `network.links` of a job, and what `dilaton network check` says.
/// </summary>
public sealed class OverlayJobTests
{
    private const string Overlay = """
        apiVersion: dilaton/v1
        nodes:
          - name: n
            count: 3
            guest: {program: {path: /bin/true}}
        network:
          kind: overlay
          link: {bandwidth: 10Gbps, latency: 1us}
          switch: {latency: 300ns}
          links:
            - {name: node2.up, latency: 7us, overhead: 24}
            - {name: wan.west, bandwidth: 10Mbps}
          overlay:
            hosts:
              - {name: east, nodes: [n0, n1]}
              - {name: west, nodes: [n2]}
            links:
              - {name: wan, hosts: [east, west], bandwidth: 1Gbps, latency: 50us, loss: 1/10}
            ageing: 5s
            hops: 4
            duplicates: keep
            routes: |
              on east               # two nodes
              ADD any n0 interface n0 any
              ADD any 02:00:00:00:00:01 interface 02:00:00:00:00:01 any
              add any not-n0 Edge wan any
              ADD any all interface n0 any
              on west ADD any all interface n2 edge wan
              ADD n0 none edge wan any
              on west
              ADD any n2 interface n2 any
              ADD any all edge wan interface n2
              ADD any not-n2 edge wan interface n2
              at 5ms LINK DEL wan
              at 4ms DEL 1

        """;

    [Fact]
    public void WrittenJob_IsWhatTheSerializerWritesAndReadsBack()
    {
        Job job = CliFixture.Good(Overlay);
        string text = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));

        text.ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        JobWriter.Write(CliFixture.Good(text), indented: true)
            .ShouldBe(JobWriter.Write(job, indented: true));
    }

    [Fact]
    public void Text_IsReadToCommands()
    {
        OverlayOptions options = Plan(Overlay).Options;
        options.Commands.Select(c => $"{c.Time - VirtualTime.Zero} {options.Format(c)}").ShouldBe(
        [
            "0ps on east ADD any 02:00:00:00:00:00 interface 02:00:00:00:00:00 any",
            "0ps on east ADD any 02:00:00:00:00:01 interface 02:00:00:00:00:01 any",
            "0ps on east ADD any not-02:00:00:00:00:00 edge wan any",
            "0ps on east ADD any ff:ff:ff:ff:ff:ff interface 02:00:00:00:00:00 any",
            "0ps on west ADD any ff:ff:ff:ff:ff:ff interface 02:00:00:00:00:02 edge wan",
            "0ps on east ADD 02:00:00:00:00:00 none edge wan any",
            "0ps on west ADD any 02:00:00:00:00:02 interface 02:00:00:00:00:02 any",
            "0ps on west ADD any ff:ff:ff:ff:ff:ff edge wan interface 02:00:00:00:00:02",
            "0ps on west ADD any not-02:00:00:00:00:02 edge wan interface 02:00:00:00:00:02",
            "5ms LINK DEL wan",
            "4ms on west DEL 1",
        ]);
    }

    /// <summary>What a run is told of its commands can be given to the next run.</summary>
    [Fact]
    public void WrittenCommands_AreReadBack()
    {
        OverlayOptions options = Plan(Overlay).Options;
        OverlayScript script = new(["east", "west"], ["wan"], ["n0", "n1", "n2"]);
        script.Read(string.Join('\n', options.Commands.Select(
            c => $"at {c.Time - VirtualTime.Zero} {options.Format(c)}")));
        script.Mistakes.ShouldBeEmpty();
        script.Commands.Select(c => c.Command).ShouldBe(options.Commands);
    }

    [Fact]
    public void Figures_ReachTheModel_EachWithItsDefault()
    {
        OverlayOptions options = Plan(Overlay).Options;
        (options.Hops, options.DropsDuplicates, options.Learning).ShouldBe((4, false, false));
        options.Ageing.ShouldBe(VirtualDuration.FromSeconds(5));
        options.Hosts.Select(h => string.Join(',', h.Ports)).ShouldBe(["0,1", "2"]);
        LinkOptions wan = options.Edges.Single().Link;
        (wan.BandwidthBitsPerSecond, wan.MtuBytes).ShouldBe((1_000_000_000UL, 1500));
        (wan.Latency, wan.Loss).ShouldBe((VirtualDuration.FromMicroseconds(50), new Ratio(1, 10)));

        // One direction alone: of a node's link, and of one between hosts.
        LinkOptions up = options.Links["node2.up"];
        (up.Latency, up.OverheadBytes, up.BandwidthBitsPerSecond)
            .ShouldBe((VirtualDuration.FromMicroseconds(7), 24, 10_000_000_000UL));
        LinkOptions back = options.Links["wan.west"];
        (back.BandwidthBitsPerSecond, back.Latency)
            .ShouldBe((10_000_000UL, VirtualDuration.FromMicroseconds(50)));

        OverlayJob standard = new();
        (standard.Ageing, standard.Hops, standard.Learning).ShouldBe((
            NetworkDefaults.Overlay.Ageing, NetworkDefaults.Overlay.Hops,
            NetworkDefaults.Overlay.Learning));
        (standard.Duplicates == DuplicatesChoice.Drop)
            .ShouldBe(NetworkDefaults.Overlay.DropsDuplicates);
    }

    [Fact]
    public void APhysicalOverlay_IsDilatedInEveryLink()
    {
        Job job = Resolved(Overlay, "network.rates=physical", "time.tdf=10").Job;
        OverlayPlan plan = new(job, Dilation.Network(job)!);
        LinkOptions wan = plan.Options.Edges.Single().Link;
        (wan.BandwidthBitsPerSecond, wan.Latency)
            .ShouldBe((10_000_000_000UL, VirtualDuration.FromMicroseconds(5)));
        plan.Options.Links["node2.up"].Latency.ShouldBe(VirtualDuration.FromNanoseconds(700));
        plan.Options.Links["wan.west"].BandwidthBitsPerSecond.ShouldBe(100_000_000UL);
    }

    /// <summary>Times of commands are the guests'; such a network has a clock of its own.</summary>
    [Fact]
    public void APhysicalOverlay_WithATdfThatChanges_IsRefused() =>
        Resolved(
            Overlay, "network.rates=physical",
            "time.tdf=[{from: 0s, factor: 2}, {from: 1ms, factor: 4}]").Bag.Print()
            .ShouldContain("network.rates: with a TDF that changes a physical network has a clock");

    [Theory]
    [InlineData("any n0 interface", "any m0 interface", "'m0' is no address and no node", "did you mean 'n0'?", "m0")]
    [InlineData("Edge wan", "Edge wam", "there is no link 'wam'", "did you mean 'wan'?", "wam")]
    [InlineData("Edge wan", "Egde wan", "'Egde' is not edge NAME or interface MAC", "did you mean 'edge'?", "Egde")]
    [InlineData("add any", "adds any", "'adds' is no command", "did you mean 'ADD'?", "adds")]
    [InlineData("on west ADD", "on wset ADD", "there is no host 'wset'", "did you mean 'west'?", "wset")]
    [InlineData("interface n0 any\n      ADD any 02", "interface n9 any\n      ADD any 02",
        "no node has the interface 'n9'", "did you mean 'n0'?", "n9")]
    [InlineData("interface n2 edge wan\n", "interface n2 edge\n", "after 'edge' the line ends: expected a link", "", "edge")]
    [InlineData("at 4ms DEL 1", "at 4mz DEL 1", "'mz' is not a unit here", "", "4mz")]
    [InlineData("at 4ms DEL 1", "at 4ms DEL x", "'x' is no index of a route", "counted from 0", "x")]
    [InlineData("at 4ms DEL 1", "at 4ms DEL 9", "west has no route 9 then: it has 0, 1, 2, 3", "", "DEL")]
    [InlineData("LINK DEL wan", "LINK ADD wan", "link wan is there then", "", "LINK")]
    [InlineData("LINK DEL wan", "LINK DOWN wan", "'DOWN' is not ADD or DEL", "", "DOWN")]
    [InlineData("LINK DEL wan", "LINK DEL wan now", "'now' is more than the command takes", "", "now")]
    [InlineData("interface n0 any\n      ADD any 02", "interface n2 any\n      ADD any 02",
        "interface 02:00:00:00:00:02 is not at east", "", "ADD")]
    public void MistakesOfTheText_AreAtTheirPlaceInTheFile(
        string good, string bad, string message, string help, string underlined)
    {
        DiagnosticBag bag = Resolved(
            Overlay.Replace(good, bad, StringComparison.Ordinal)).Bag;
        Diagnostic found = bag.Items.Single();
        (found.Code, found.IsError).ShouldBe((DiagnosticCode.OverlayCommand, true));
        found.Message.ShouldContain(message);
        found.Help.ShouldContain(help);
        string line = found.Source!.Line(found.Mark.Line);
        line.ShouldContain(bad.Split('\n')[0]);
        line.Substring(found.Mark.Column - 1, found.Length).ShouldBe(underlined);
    }

    [Theory]
    [InlineData("nodes: [n2]", "nodes: [m2]", "network.overlay.hosts[1].nodes[0]: there is no node 'm2'")]
    [InlineData("nodes: [n2]", "nodes: [n*]", "network.overlay.hosts[1].nodes: node 0 is at east already")]
    [InlineData("hosts: [east, west]", "hosts: [east, wset]", "network.overlay.links[0].hosts[1]: there is no host 'wset'")]
    [InlineData("hosts: [east, west]", "hosts: [east, east]", "a link joins two of the hosts")]
    [InlineData("loss: 1/10", "loss: 2", "network.overlay.links[0].loss: 2 is above 1")]
    [InlineData("latency: 50us", "latency: 0ps", "network.overlay.links[0].latency: 0ps leaves no lookahead")]
    [InlineData("link: {bandwidth: 10Gbps, latency: 1us}", "link: {latency: 0ps}", "network.link.latency: 0ps leaves no lookahead")]
    [InlineData("name: node2.up", "name: node9.up", "network.links[0].name: this network has no such link")]
    [InlineData("name: wan.west", "name: wan.wset", "did you mean 'wan.west'?")]
    [InlineData("latency: 7us", "latency: 0ps", "network.links[0].latency: 0ps leaves no lookahead")]
    public void MistakesOfAnOverlay_AreNamed(string good, string bad, string message) =>
        Resolved(Overlay.Replace(good, bad, StringComparison.Ordinal)).Bag.Print()
            .ShouldContain(message);

    [Theory]
    [InlineData("{kind: overlay}", "network.overlay is missing")]
    [InlineData("{kind: overlay, overlay: {}}", "network.overlay.hosts is missing")]
    [InlineData("{kind: star, overlay: {hosts: [{name: a}]}}", "network.overlay: a network of kind 'star' has none")]
    [InlineData("{kind: overlay, overlay: {hosts: [{nodes: [a]}]}}", "network.overlay.hosts[0].name is missing")]
    [InlineData("{kind: overlay, overlay: {hosts: [{name: a}], links: [{name: l, hosts: [a]}]}}", "a link joins two hosts")]
    [InlineData("{kind: overlay, overlay: {hosts: [{name: a}], duplicates: some}}", "'some' is not one of drop, keep")]
    [InlineData("{kind: loggp, links: [{name: node0.up}]}", "network.links: a network of kind 'loggp' has none")]
    [InlineData("{links: [{latency: 1us}]}", "network.links[0].name is missing")]
    [InlineData("{links: [{name: node0.up}, {name: node0.up}]}", "'node0.up' is in the list already")]
    [InlineData("{links: [{name: node0.up, mtu: 64B}]}", "64B is out of range (576B to 9216B)")]
    public void MistakesOfReading_AreNamed(string network, string message) =>
        CliFixture.Mistakes($"{CliFixture.Minimal}\nnetwork: {network}\n").ShouldContain(message);

    [Fact]
    public void OfAFolded_OrJsonText_TheLineWithinIsTold()
    {
        string json = System.Text.Encoding.UTF8.GetString(JobWriter.Write(
            CliFixture.Good(Overlay.Replace("Edge wan", "Edge wam", StringComparison.Ordinal)),
            indented: true));
        Resolved(json).Bag.Print()
            .ShouldContain("there is no link 'wam' (line 4, column 21 of the text)");
    }

    [Fact]
    public void NodesThatNothingLeadsTo_AreWarnedOf()
    {
        Resolved(Overlay).Bag.Print().ShouldBe("");
        string cut = Overlay.Replace("add any not-n0 Edge wan any\n", "\n", StringComparison.Ordinal)
            .Replace("ADD any all edge wan interface n2", "", StringComparison.Ordinal)
            .Replace("ADD any not-n2 edge wan interface n2", "", StringComparison.Ordinal);
        DiagnosticBag bag = Resolved(cut).Bag;
        bag.HasErrors.ShouldBeFalse();
        Diagnostic warning = bag.Items.Single();
        warning.Code.ShouldBe(DiagnosticCode.CutOff);
        warning.Message.ShouldContain("no frame goes between: n0, n1 | n2");
    }

    [Fact]
    public void Check_ShowsTablesAndTheWayOfAFrame()
    {
        DiagnosticBag bag = new();
        Job job = Resolved(Overlay).Job;
        string text = NetworkReport.Of(job, "n0", "n2", null, bag)!;
        text.ShouldContain("host east: n0 (02:00:00:00:00:00), n1 (02:00:00:00:00:01)\n");
        text.ShouldContain("     2  any not-02:00:00:00:00:00 edge wan any\n");
        text.ShouldContain("  east, from interface 02:00:00:00:00:00: route 2 of priority 5 -> edge wan\n");

        // 14 B: up 11.2 ns + 1 us, 300 ns, over 112 ns + 50 us, 300 ns, down 11.2 ns + 1 us.
        text.ShouldContain("comes to n2 after 52.7344us");
        NetworkReport.Of(job, "n2", "n1", "4ms", bag)!.ShouldContain("overlay at 4ms");
        string away = NetworkReport.Of(job, "02:00:00:00:00:00", "all", "5ms", bag)!;
        away.ShouldContain("link wan: east - west, 1Gbps, 50us, taken away");
        away.ShouldContain("no frame goes between: n0, n1 | n2");
        away.ShouldContain("comes to no node");
        bag.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("m0", "n2", null, "--from: there is no node 'm0'", "did you mean 'n0'?")]
    [InlineData("n0", "m2", null, "--to: 'm2' is no node, no MAC and not all", "did you mean 'n2'?")]
    [InlineData(null, "n2", null, "--to needs --from", "")]
    [InlineData(null, null, "5", "--at: ", "")]
    public void MistakesOfCheck_AreNamed(
        string? from, string? to, string? at, string message, string help)
    {
        DiagnosticBag bag = new();
        NetworkReport.Of(Resolved(Overlay).Job, from, to, at, bag).ShouldBeNull();
        bag.Print().ShouldContain(message);
        bag.Print().ShouldContain(help);
    }

    [Fact]
    public void Check_ListsTheLinksOfAnyNetwork()
    {
        DiagnosticBag bag = new();
        Job job = Resolved(
            CliFixture.Minimal + "\nnetwork: {kind: star}\n", "nodes[0].count=2").Job;
        NetworkReport.Of(job, null, null, null, bag).ShouldBe(
            "star of 2 nodes\n  link node0.up\n  link node1.up\n  link node0.down\n  link node1.down\n");
        NetworkReport.Of(job, "a", null, null, bag).ShouldBeNull();
        bag.Print().ShouldContain("--from, --to and --at are for an overlay");
    }

    private static OverlayPlan Plan(string text)
    {
        (Job job, DiagnosticBag bag) = Resolved(text);
        bag.Print().ShouldBe("");
        return new OverlayPlan(job, job.Network!);
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
