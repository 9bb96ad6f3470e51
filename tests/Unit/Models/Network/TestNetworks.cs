using Dilaton.Core;
using Dilaton.Models.Network;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Networks of each shape, with figures that show where they come from.</summary>
internal static class TestNetworks
{
    /// <summary>8 ns a byte, 1 us.</summary>
    public static LinkOptions Host { get; } = NetworkDefaults.Link with
    {
        BandwidthBitsPerSecond = 1_000_000_000,
        Latency = VirtualDuration.FromMicroseconds(1),
        MtuBytes = 9000,
        BufferBytes = 1 << 20,
    };

    /// <summary>8000/3 ps a byte, 700 ns.</summary>
    public static LinkOptions Fabric { get; } = Host with
    {
        BandwidthBitsPerSecond = 3_000_000_000,
        Latency = VirtualDuration.FromNanoseconds(700),
    };

    /// <summary>800/7 ps a byte, 5 us.</summary>
    public static LinkOptions Global { get; } = Host with
    {
        BandwidthBitsPerSecond = 70_000_000_000,
        Latency = VirtualDuration.FromMicroseconds(5),
    };

    public static TheoryData<string> Names => [.. s_shapes.Keys];

    private static readonly Dictionary<string, (TopologyOptions Options, int Ports)> s_shapes = new()
    {
        ["point-to-point"] = (new PointToPointOptions(), 2),
        ["star"] = (new StarOptions(), 5),
        ["fat tree"] = (new FatTreeOptions { Down = 3, Up = 2 }, 11),
        ["fat tree of single nodes"] = (new FatTreeOptions { Down = 1, Up = 3 }, 4),
        ["ring"] = (new TorusOptions { Shape = [7], HostsPerRouter = 1 }, 7),
        ["torus"] = (new TorusOptions { Shape = [4, 3, 2], HostsPerRouter = 1 }, 24),
        ["torus with a flat dimension"] =
            (new TorusOptions { Shape = [1, 5], HostsPerRouter = 2 }, 9),
        ["dragonfly"] = (
            new DragonflyOptions
            {
                HostsPerRouter = 1,
                RoutersPerGroup = 4,
                GlobalLinksPerRouter = 2,
            },
            36),
        ["dragonfly of lone routers"] = (
            new DragonflyOptions
            {
                HostsPerRouter = 1,
                RoutersPerGroup = 1,
                GlobalLinksPerRouter = 4,
            },
            5),
    };

    public static NetworkOptions Options(string name) => NetworkDefaults.Network with
    {
        Topology = s_shapes[name].Options,
        Host = Host,
        Fabric = Fabric,
        Global = Global,
        ForwardingLatency = VirtualDuration.FromNanoseconds(300),
    };

    public static int Ports(string name) => s_shapes[name].Ports;

    public static FabricNetwork Make(string name) => new("network", Options(name), Ports(name));

    public static FabricNetwork Star(LinkOptions host, int ports = 4) =>
        new("network", Options("star") with { Host = host }, ports);

    public static FabricNetwork Wire(LinkOptions host) =>
        new("network", Options("point-to-point") with { Host = host }, 2);
}
