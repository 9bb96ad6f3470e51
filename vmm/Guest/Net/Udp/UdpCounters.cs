namespace Dilaton.Guest;

/// <summary>What UDP has counted (RFC 4113).</summary>
internal sealed class UdpCounters
{
    public ulong Received { get; set; }

    /// <summary>No socket had the port.</summary>
    public ulong NoPort { get; set; }

    /// <summary>Wrong length or checksum.</summary>
    public ulong Errors { get; set; }

    /// <summary>A socket's receive buffer was full.</summary>
    public ulong BufferErrors { get; set; }

    public ulong Sent { get; set; }
}
