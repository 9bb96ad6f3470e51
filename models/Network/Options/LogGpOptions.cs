using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>LogGP without o, which is what sending and receiving cost the guest's kernel.</summary>
public sealed record LogGpOptions
{
    public static readonly VirtualDuration GapMax = VirtualDuration.FromSeconds(1);

    /// <summary>L: from a byte's leaving to its arrival.</summary>
    public required VirtualDuration Latency { get; init; }

    /// <summary>g: from the last byte of a frame to the first of the next, at a node's sending and
    /// at its receiving side.</summary>
    public required VirtualDuration Gap { get; init; }

    /// <summary>1 / G: a byte takes G = 8 bit / this.</summary>
    public required ulong BandwidthBitsPerSecond { get; init; }

    public required int MtuBytes { get; init; }

    /// <summary>Sent with every frame, and not part of it.</summary>
    public required int OverheadBytes { get; init; }

    /// <summary>Adds every mistake in these options for so many nodes.</summary>
    public void Check(string key, int portCount, List<ConfigException> problems)
    {
        Require(portCount is >= 2 and <= TopologyOptions.PortsMax, "topology",
            $"{portCount} nodes: a network joins 2..{TopologyOptions.PortsMax}");
        LinkOptions.CheckLatency($"{key}.latency", Latency, problems);
        Require(Gap <= GapMax, "gap", $"{Gap} is not in 0ps..{GapMax}");
        Require(BandwidthBitsPerSecond is >= LinkOptions.BandwidthMin and <= LinkOptions.BandwidthMax,
            "bandwidth", $"{BandwidthBitsPerSecond}bps is not in 1kbps..8000Tbps");
        Require(MtuBytes is >= LinkOptions.MtuBytesMin and <= LinkOptions.MtuBytesMax, "mtu",
            $"{MtuBytes}B is not in {LinkOptions.MtuBytesMin}B..{LinkOptions.MtuBytesMax}B");
        Require(OverheadBytes is >= 0 and <= LinkOptions.OverheadBytesMax, "overhead",
            $"{OverheadBytes}B is not in 0B..{LinkOptions.OverheadBytesMax}B");

        void Require(bool holds, string name, string why)
        {
            if (!holds)
            {
                problems.Add(new ConfigException($"{key}.{name}", why));
            }
        }
    }
}
