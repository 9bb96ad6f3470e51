using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>What every parameter of a network defaults to: one switch of a rack, 10 Gigabit
/// Ethernet. Bandwidth and MTU are Ethernet's (IEEE 802.3); latencies and buffer are round figures
/// of such a machine.</summary>
public static class NetworkDefaults
{
    public static LinkOptions Link { get; } = new()
    {
        BandwidthBitsPerSecond = 10_000_000_000,
        Latency = VirtualDuration.FromNanoseconds(500),
        MtuBytes = 1500,
        OverheadBytes = 0,
        BufferBytes = 512UL << 10,
        Loss = new Ratio(0, 1),
        LossPattern = null,
    };

    public static NetworkOptions Network { get; } = new()
    {
        Topology = new StarOptions(),
        Host = Link,
        Fabric = Link,
        Global = Link,
        Links = new Dictionary<string, LinkOptions>(),
        ForwardingLatency = VirtualDuration.FromNanoseconds(500),
        Seed = 1,
    };

    public static FatTreeOptions FatTree { get; } = new() { Down = 8, Up = 8 };

    public static TorusOptions Torus { get; } = new() { Shape = [4, 4], HostsPerRouter = 1 };

    public static DragonflyOptions Dragonfly { get; } = new()
    {
        HostsPerRouter = 2,
        RoutersPerGroup = 4,
        GlobalLinksPerRouter = 2,
    };

    public static LogGpOptions LogGp { get; } = new()
    {
        Latency = VirtualDuration.FromMicroseconds(1),
        Gap = VirtualDuration.Zero,
        BandwidthBitsPerSecond = Link.BandwidthBitsPerSecond,
        MtuBytes = Link.MtuBytes,
        OverheadBytes = Link.OverheadBytes,
    };

    /// <summary>Ageing is that of IEEE 802.1D, "Ageing Time"; the limit of hops leaves room for any
    /// overlay that somebody writes down.</summary>
    public static OverlayOptions Overlay { get; } = new()
    {
        Hosts = [],
        Edges = [],
        Access = Link,
        Links = new Dictionary<string, LinkOptions>(),
        ForwardingLatency = Network.ForwardingLatency,
        Commands = [],
        Learning = false,
        Ageing = VirtualDuration.FromSeconds(300),
        Hops = 32,
        DropsDuplicates = true,
        Seed = 1,
    };
}
