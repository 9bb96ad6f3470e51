using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>A protocol stack at a port of a <see cref="ScriptedWire"/>: 10.0.0.N.</summary>
internal sealed class Station
{
    public const ulong BandwidthDefault = 1_000_000_000;

    /// <param name="sendTime">What is sent now leaves no sooner; null: now.</param>
    public Station(
        Lab lab,
        ScriptedWire wire,
        int number,
        Func<NetworkOptions, NetworkOptions>? change = null,
        Func<VirtualTime>? sendTime = null)
    {
        NetworkOptions options = new()
        {
            Mac = MacOf(number),
            Address = AddressOf(number),
            PrefixLength = 24,
            MtuBytes = 1500,
            BandwidthBitsPerSecond = BandwidthDefault,
            QueueFrames = 1000,
            Hosts = [],
        };
        options = change?.Invoke(options) ?? options;
        options.Validate("station");
        Options = options;
        Stack = new NetworkStack(options, 1, lab, lab, sendTime);
        Interface = Stack.Ethernet!;
        Interface.Attach(wire.Join(options.Mac, Interface));
    }

    public NetworkOptions Options { get; }

    public NetworkStack Stack { get; }

    public EthernetInterface Interface { get; }

    public Ipv4Address Address => Options.Address;

    public static MacAddress MacOf(int number) => new(0x0200_0000_0000 + (ulong)number);

    public static Ipv4Address AddressOf(int number) => new(0x0a00_0000 + (uint)number);

    /// <summary>Hosts whose Ethernet addresses are known from the start.</summary>
    public static IReadOnlyList<NetworkHost> Known(int count) =>
    [
        .. Enumerable.Range(1, count).Select(i => new NetworkHost($"n{i}", AddressOf(i), MacOf(i))),
    ];
}
