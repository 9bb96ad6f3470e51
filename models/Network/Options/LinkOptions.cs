using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>One direction of a link, with the output queue in front of it.</summary>
public sealed record LinkOptions
{
    public const ulong BandwidthMin = 1_000;
    public const ulong BandwidthMax = 8_000_000_000_000_000;
    public const int MtuBytesMin = 68;
    public const int MtuBytesMax = 1 << 20;
    public const int OverheadBytesMax = 1024;

    /// <summary>Preamble, start of frame, check sequence and gap of Ethernet (IEEE 802.3,
    /// "MAC frame format", "interPacketGap"): 7 + 1 + 4 + 12.</summary>
    public const int EthernetOverheadBytes = 24;

    public static readonly VirtualDuration LatencyMax = VirtualDuration.FromSeconds(10);

    public required ulong BandwidthBitsPerSecond { get; init; }

    /// <summary>From a bit's going in to its coming out.</summary>
    public required VirtualDuration Latency { get; init; }

    /// <summary>Longest payload after the Ethernet header; a longer frame is dropped.</summary>
    public required int MtuBytes { get; init; }

    /// <summary>Sent with every frame, and not part of it.</summary>
    public required int OverheadBytes { get; init; }

    /// <summary>Frames that wait for the link take at most this much; one that does not fit is
    /// dropped. The frame that is being sent waits no more.</summary>
    public required ulong BufferBytes { get; init; }

    /// <summary>Share of the frames that are lost on the way, by chance; at most 1.</summary>
    public required Ratio Loss { get; init; }

    /// <summary>Frames that are lost whatever chance says; null for none.</summary>
    public required LossPattern? LossPattern { get; init; }

    /// <summary>Adds every mistake in these options.</summary>
    public void Check(string key, List<ConfigException> problems)
    {
        Require(BandwidthBitsPerSecond is >= BandwidthMin and <= BandwidthMax, "bandwidth",
            $"{BandwidthBitsPerSecond}bps is not in 1kbps..8000Tbps");
        CheckLatency($"{key}.latency", Latency, problems);
        Require(MtuBytes is >= MtuBytesMin and <= MtuBytesMax, "mtu",
            $"{MtuBytes}B is not in {MtuBytesMin}B..{MtuBytesMax}B");
        Require(OverheadBytes is >= 0 and <= OverheadBytesMax, "overhead",
            $"{OverheadBytes}B is not in 0B..{OverheadBytesMax}B");
        Require(Loss.Numerator <= Loss.Denominator, "loss", $"{Loss} is above 1");
        LossPattern?.Check($"{key}.loss_pattern", problems);

        void Require(bool holds, string name, string why)
        {
            if (!holds)
            {
                problems.Add(new ConfigException($"{key}.{name}", why));
            }
        }
    }

    /// <summary>A latency of zero would leave no lookahead.</summary>
    internal static void CheckLatency(
        string key, VirtualDuration latency, List<ConfigException> problems)
    {
        if (latency == VirtualDuration.Zero)
        {
            problems.Add(new ConfigException(key,
                "0ps leaves no lookahead: nodes run apart from each other for as long as nothing "
                + "can arrive, and over this link something could at once; give what the cable "
                + "takes, about 5ns a metre"));
        }
        else if (latency > LatencyMax)
        {
            problems.Add(new ConfigException(key, $"{latency} is not in 1ps..{LatencyMax}"));
        }
    }
}
