using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A node's network interface, <c>eth0</c>, and the names it knows.</summary>
public sealed record NetworkOptions
{
    public const int MtuBytesMin = 576;
    public const int MtuBytesMax = 9216;
    public const int QueueFramesMax = 1 << 20;

    public required MacAddress Mac { get; init; }

    public required Ipv4Address Address { get; init; }

    /// <summary>How many leading bits of the address name the network, 1 to 30.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The largest IPv4 packet in bytes, without the Ethernet header.</summary>
    public required int MtuBytes { get; init; }

    /// <summary>Bits a second at which it sends: a frame of n bytes, header included, preamble
    /// and check sequence not, keeps it busy for 8 n / this.</summary>
    public required ulong BandwidthBitsPerSecond { get; init; }

    /// <summary>Whose seconds the bandwidth is in; null: the node's.</summary>
    public PhysicalTime? PhysicalTime { get; init; }

    /// <summary>Frames that may be waiting to be sent, the one on its way included; what comes
    /// then is dropped and counted.</summary>
    public required int QueueFrames { get; init; }

    /// <summary>Names and addresses for <c>/etc/hosts</c>, this node's own among them.</summary>
    public required IReadOnlyList<NetworkHost> Hosts { get; init; }

    /// <param name="key">Where it stands, for messages.</param>
    /// <exception cref="ConfigException">A value that can't be.</exception>
    public void Validate(string key)
    {
        Require(!Mac.IsGroup && Mac.Value != 0, $"{key}.mac", $"{Mac} is not one station's address");
        Require(
            PrefixLength is >= 1 and <= 30, $"{key}.prefixLength", $"{PrefixLength} is not 1 to 30");
        uint mask = Ipv4Address.Mask(PrefixLength);
        uint host = Address.Value & ~mask;
        Require(
            !Address.IsAny && !Address.IsLoopback && !Address.IsMulticast && host != 0
                && host != ~mask,
            $"{key}.address",
            $"{Address}/{PrefixLength} is not a station's address");
        Require(
            MtuBytes is >= MtuBytesMin and <= MtuBytesMax,
            $"{key}.mtu",
            $"{MtuBytes} is not {MtuBytesMin} to {MtuBytesMax} bytes");
        Require(BandwidthBitsPerSecond > 0, $"{key}.bandwidth", "must be above 0");
        Require(
            QueueFrames is >= 1 and <= QueueFramesMax,
            $"{key}.queueFrames",
            $"{QueueFrames} is not 1 to {QueueFramesMax}");
        foreach (NetworkHost entry in Hosts)
        {
            Require(
                IsHostName(entry.Name), $"{key}.hosts", $"'{entry.Name}' is not a host name");
        }
    }

    internal static bool IsHostName(string name) =>
        name.Length is > 0 and <= 63
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static void Require(bool holds, string key, string why)
    {
        if (!holds)
        {
            throw new ConfigException(key, why);
        }
    }
}
