using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class NetworkOptionsTests
{
    [Fact]
    public void EveryMistake_IsTold_WithItsKeyAndWhatIsAllowed()
    {
        NetworkOptions options = NetworkDefaults.Network with
        {
            Host = NetworkDefaults.Link with
            {
                BandwidthBitsPerSecond = 0,
                Latency = VirtualDuration.Zero,
                MtuBytes = 10,
                OverheadBytes = -1,
                Loss = new Ratio(3, 2),
                LossPattern = new LossPattern { Frames = [4, 4], Every = 0 },
            },
            ForwardingLatency = VirtualDuration.FromSeconds(2),
            Links = new Dictionary<string, LinkOptions> { ["node9.up"] = NetworkDefaults.Link },
        };
        List<ConfigException> problems = [];
        options.Check("network", 4, problems);
        problems.Select(p => p.Key).ShouldBe(
        [
            "network.host.bandwidth", "network.host.latency", "network.host.mtu",
            "network.host.overhead", "network.host.loss", "network.host.loss_pattern.frames[1]",
            "network.forwarding_latency", "network.links.node9.up",
        ]);
        problems[1].Why.ShouldContain("lookahead");
        Should.Throw<ConfigException>(() => new FabricNetwork("network", options, 4))
            .Key.ShouldBe("network.host.bandwidth");
    }

    [Theory]
    [MemberData(nameof(BadShapes))]
    public void AShapeThatDoesNotFitItsNodes_IsRefused(
        TopologyOptions shape, int ports, string key, string part)
    {
        List<ConfigException> problems = [];
        shape.Check("t", ports, problems);
        problems.Count.ShouldBe(1);
        problems[0].Key.ShouldBe(key);
        problems[0].Why.ShouldContain(part);
    }

    public static TheoryData<TopologyOptions, int, string, string> BadShapes => new()
    {
        { new StarOptions(), 1, "t", "2..65536" },
        { new StarOptions(), 65537, "t", "65537 nodes" },
        { new PointToPointOptions(), 3, "t", "star" },
        { new FatTreeOptions { Down = 0, Up = 1 }, 4, "t.down", "below 1" },
        { new FatTreeOptions { Down = 1, Up = 0 }, 4, "t.up", "1..4096" },
        { new TorusOptions { Shape = [], HostsPerRouter = 1 }, 4, "t.shape", "0 dimensions" },
        { new TorusOptions { Shape = [3, 0], HostsPerRouter = 1 }, 4, "t.shape[1]", "0" },
        { new TorusOptions { Shape = [3, 3], HostsPerRouter = 1 }, 10, "t.shape", "9 places" },
        {
            new TorusOptions { Shape = [3, 3], HostsPerRouter = 0 }, 9, "t.hosts_per_router",
            "1..65536"
        },
        { Dragonfly(1, 2, 1), 8, "t.global_links_per_router", "4 groups" },
        { Dragonfly(0, 2, 1), 8, "t.hosts_per_router", "1..1024" },
    };

    [Fact]
    public void LogGp_TellsItsMistakes()
    {
        List<ConfigException> problems = [];
        (NetworkDefaults.LogGp with
        {
            Latency = VirtualDuration.Zero,
            Gap = VirtualDuration.FromSeconds(5),
            BandwidthBitsPerSecond = 1,
            MtuBytes = 1 << 21,
            OverheadBytes = 5000,
        }).Check("network", 1, problems);
        problems.Select(p => p.Key).ShouldBe(
        [
            "network.topology", "network.latency", "network.gap", "network.bandwidth",
            "network.mtu", "network.overhead",
        ]);
    }

    private static DragonflyOptions Dragonfly(int hosts, int routers, int global) => new()
    {
        HostsPerRouter = hosts,
        RoutersPerGroup = routers,
        GlobalLinksPerRouter = global,
    };
}
