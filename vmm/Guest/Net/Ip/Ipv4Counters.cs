namespace Dilaton.Guest;

/// <summary>What the IPv4 layer has counted (RFC 4293).</summary>
internal sealed class Ipv4Counters
{
    public ulong Received { get; set; }

    public ulong HeaderErrors { get; set; }

    /// <summary>Not for this node.</summary>
    public ulong AddressErrors { get; set; }

    public ulong Delivered { get; set; }

    public ulong Sent { get; set; }

    public ulong FragmentsMade { get; set; }
}
