using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;
using static Dilaton.Tests.Unit.Models.TestOverlays;

namespace Dilaton.Tests.Unit.Models;

public sealed class OverlayOptionsTests
{
    private static readonly OverlayRoute s_route = new(
        MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0), OverlayEnd.Any);

    public static TheoryData<string, string, OverlayOptions> Mistakes
    {
        get
        {
            OverlayOptions good = Hosts(2, (0, 1));
            OverlayEdgeOptions edge = good.Edges[0];
            return new()
            {
                { "overlay.hosts", "0 hosts", good with { Hosts = [] } },
                { "overlay.hosts[1].nodes", "node 0 is at h0 already",
                    good with { Hosts = [good.Hosts[0], good.Hosts[1] with { Ports = [0] }] } },
                { "overlay.hosts[1].name", "another host's too",
                    good with { Hosts = [good.Hosts[0], good.Hosts[1] with { Name = "h0" }] } },
                { "overlay.hosts[1].nodes", "7 is no node of 0..1",
                    good with { Hosts = [good.Hosts[0], good.Hosts[1] with { Ports = [7] }] } },
                { "overlay.links[0].hosts", "joins two of the hosts",
                    good with { Edges = [edge with { Second = 0 }] } },
                { "overlay.links[1].name", "another link's too",
                    good with { Edges = [edge, edge] } },
                { "overlay.links[0].latency", "leaves no lookahead",
                    good with { Edges = [edge with { Link = edge.Link with { Latency = default } }] } },
                { "overlay.changes.node2.up", "no such link",
                    good with { Links = new Dictionary<string, LinkOptions> { ["node2.up"] = edge.Link } } },
                { "overlay.hops", "0 is not in 1..255", good with { Hops = 0 } },
                { "overlay.ageing", "is not in", good with { Ageing = default } },
                { "overlay.commands[0]", "edge e0 is not at h2",
                    Hosts(3, (0, 1)) with { Commands = [new AddRouteCommand(Start, 2, s_route)] } },
                { "overlay.commands[0]", "interface 02:00:00:00:00:01 is not at h0",
                    good with { Commands = [Add(0, MacPattern.Any, MacPattern.Any,
                        OverlayEnd.Edge(0), OverlayEnd.Interface(1))] } },
                { "overlay.commands[0]", "leads to an edge or an interface",
                    good with { Commands = [Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Any)] } },
                { "overlay.commands[0]", "h0 has no route 0 then: it has none",
                    good with { Commands = [new DeleteRouteCommand(Start, 0, 0),
                        new AddRouteCommand(Start, 0, s_route)] } },
                { "overlay.commands[1]", "h0 has no route 2 then: it has 0",
                    good with { Commands = [new AddRouteCommand(Start, 0, s_route),
                        new DeleteRouteCommand(new VirtualTime(5), 0, 2)] } },
                { "overlay.commands[0]", "link e0 is there then",
                    good with { Commands = [new SetEdgeCommand(Start, 0, IsUp: true)] } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Mistakes_AreNamed(string key, string why, OverlayOptions options)
    {
        List<ConfigException> problems = [];
        options.Check("overlay", options.Hosts.Count == 3 ? 3 : 2, problems);
        problems.ShouldContain(p => p.Key == key && p.Why.Contains(why, StringComparison.Ordinal));
        problems.Count.ShouldBe(1);
    }

    /// <summary>An index is looked for in the table as it is at the command's time, not in the order
    /// of writing.</summary>
    [Fact]
    public void Commands_AreCheckedInTheOrderOfTheirTimes()
    {
        OverlayOptions options = Hosts(2, (0, 1)) with
        {
            Commands =
            [
                new DeleteRouteCommand(new VirtualTime(9), 0, 0),
                new AddRouteCommand(new VirtualTime(5), 0, s_route),
            ],
        };
        List<ConfigException> problems = [];
        options.Check("overlay", 2, problems);
        problems.ShouldBeEmpty();
        options.Order.ShouldBe([1, 0]);
    }

    [Fact]
    public void Commands_AreWrittenAsTheGrammarHasThem()
    {
        OverlayOptions options = Hosts(2, (0, 1));
        options.Format(Add(1, MacPattern.Not(5), Node(1), OverlayEnd.Interface(1),
            OverlayEnd.Edge(0)))
            .ShouldBe("on h1 ADD not-00:00:00:00:00:05 02:00:00:00:00:01 "
                + "interface 02:00:00:00:00:01 edge e0");
        options.Format(Add(0, MacPattern.Never, MacPattern.Any, OverlayEnd.Edge(0)))
            .ShouldBe("on h0 ADD none any edge e0 any");
        options.Format(new DeleteRouteCommand(Start, 1, 3)).ShouldBe("on h1 DEL 3");
        options.Format(new SetEdgeCommand(Start, 0, IsUp: false)).ShouldBe("LINK DEL e0");
    }
}
