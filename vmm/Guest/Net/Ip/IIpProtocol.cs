namespace Dilaton.Guest;

/// <summary>What lies above IPv4.</summary>
internal interface IIpProtocol
{
    /// <param name="packet">The whole packet, header first.</param>
    void Receive(in Ipv4Header header, ReadOnlyMemory<byte> packet);

    /// <summary>A packet of ours did not reach its destination.</summary>
    /// <param name="start">The first 8 bytes or more behind its header.</param>
    /// <param name="error">As a socket reports it.</param>
    void Undelivered(in Ipv4Header header, ReadOnlySpan<byte> start, int error);
}
