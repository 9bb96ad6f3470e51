using Dilaton.Core;
using Dilaton.Models.Network;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Random overlays, with random routes and commands: results depend on what was sent
/// alone, and no frame is lost without being counted.</summary>
public sealed class OverlayInvarianceTests
{
    [Fact]
    public void AnyWayOfAdvancing_FindsTheSame_AndFramesAreConserved() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int ports = random.Next(2, 8);
            OverlayOptions options = Overlay(random, ports);
            List<FrameDeparture> traffic =
                TrafficRun.Traffic(random, ports, random.Next(1, 100));
            OverlayNetwork plain = TestOverlays.Make(options, ports);
            List<string> expected = TrafficRun.Play(plain, traffic, null);
            OverlayNetwork other = TestOverlays.Make(options, ports);
            TrafficRun.Play(other, traffic, random).ShouldBe(expected, $"seed {seed}");
            List<Statistic> statistics = Statistics(plain);
            Statistics(other).ShouldBe(statistics, $"seed {seed}");
            Conserved(statistics, seed);
        }).CheckSeeded();

    private static void Conserved(List<Statistic> statistics, int seed)
    {
        UInt128 all = Value("sent") + Value("copies");
        Value("inFlight").ShouldBe((UInt128)0);
        all.ShouldBe(
            Value("delivered") + Value("lost") + Value("dropped") + Value("oversize")
                + Value("runts") + Value("unroutable"), $"seed {seed}");
        Value("unroutable").ShouldBe(
            Value("unmatched") + Value("returned") + Value("expired") + Value("duplicates")
                + Value("cut"), $"seed {seed}");

        UInt128 Value(string name) => statistics.Single(s => s.Name == name).Value;
    }

    private static List<Statistic> Statistics(OverlayNetwork network)
    {
        network.Advance(VirtualTime.MaxValue, []);
        StatisticsList list = new();
        network.Collect(list);
        return [.. list.Items];
    }

    /// <summary>Any number of nodes at a host, some at none; any edges, also several between the
    /// same hosts; many routes, some of which go round in circles.</summary>
    private static OverlayOptions Overlay(Random random, int ports)
    {
        int hosts = random.Next(1, 5);
        int[] hostOf = [.. Enumerable.Range(0, ports).Select(_ => random.Next(hosts + 1))];
        List<(int, int)> edges = [];
        for (int i = hosts == 1 ? 0 : random.Next(7); i > 0; i--)
        {
            int first = random.Next(hosts);
            edges.Add((first, (first + random.Next(1, hosts)) % hosts));
        }

        LinkOptions tight = TestNetworks.Host with
        {
            BufferBytes = 3000,
            Loss = new Ratio(1, 40),
            MtuBytes = 1000,
        };
        OverlayOptions options = TestOverlays.Hosts(hosts, [.. edges]) with
        {
            Access = tight,
            Learning = random.Next(2) == 0,
            Ageing = VirtualDuration.FromMicroseconds((ulong)random.Next(1, 60)),
            Hops = random.Next(1, 7),
            DropsDuplicates = random.Next(3) > 0,
        };
        options = options with
        {
            Hosts =
            [
                .. options.Hosts.Select((host, i) => host with
                {
                    Ports = [.. Enumerable.Range(0, ports).Where(p => hostOf[p] == i)],
                }),
            ],
        };
        return options with { Commands = Commands(random, options, ports) };
    }

    private static List<OverlayCommand> Commands(
        Random random, OverlayOptions options, int ports)
    {
        List<OverlayCommand> commands = [];
        for (int host = 0; host < options.Hosts.Count; host++)
        {
            OverlayEnd[] ends =
            [
                .. options.Hosts[host].Ports.Select(OverlayEnd.Interface),
                .. options.Edges.Select((edge, i) => (edge, i))
                    .Where(e => e.edge.First == host || e.edge.Second == host)
                    .Select(e => OverlayEnd.Edge(e.i)),
            ];
            int count = ends.Length == 0 ? 0 : random.Next(8);
            for (int i = 0; i < count; i++)
            {
                commands.Add(TestOverlays.Add(
                    host, Pattern(random, ports), Pattern(random, ports),
                    ends[random.Next(ends.Length)],
                    random.Next(3) == 0 ? ends[random.Next(ends.Length)] : OverlayEnd.Any,
                    (ulong)random.Next(3) * 20_000_000));
            }

            if (count > 0)
            {
                commands.Add(new DeleteRouteCommand(
                    new VirtualTime(70_000_000), host, random.Next(count)));
            }
        }

        for (int edge = 0; edge < options.Edges.Count; edge++)
        {
            ulong away = (ulong)random.Next(1, 100_000_000);
            commands.Add(new SetEdgeCommand(new VirtualTime(away), edge, IsUp: false));
            commands.Add(new SetEdgeCommand(new VirtualTime(away * 2), edge, IsUp: true));
        }

        return commands;
    }

    private static MacPattern Pattern(Random random, int ports) =>
        new((MacQualifier)random.Next(4), EthernetFrame.AddressOf(random.Next(ports)));
}
