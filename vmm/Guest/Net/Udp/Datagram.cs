namespace Dilaton.Guest;

/// <summary>A datagram that has come.</summary>
internal readonly record struct Datagram(
    InternetEndpoint Source, Ipv4Address Destination, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What the kernel keeps beside the bytes of each datagram, as Linux counts it
    /// against SO_RCVBUF.</summary>
    public const int OverheadBytes = 768;

    public int ChargedBytes => Payload.Length + OverheadBytes;
}
