using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a program may set of a connection; an accepted one starts with its listener's.
/// </summary>
internal sealed record TcpSettings
{
    /// <summary>Largest window that autotuning opens: half of Linux's tcp_rmem maximum.</summary>
    public const int ReceiveWindowBytesMax = 3 << 20;

    public const int ReceiveWindowBytesInitial = 65_535;

    /// <summary>Linux's tcp_wmem.</summary>
    public const int SendBufferBytesMin = 16 << 10;
    public const int SendBufferBytesMax = 4 << 20;

    /// <summary>TCP_NODELAY.</summary>
    public bool IsNagleOff { get; set; }

    /// <summary>TCP_CORK: only full segments, until it is pulled.</summary>
    public bool IsCorked { get; set; }

    /// <summary>The window that SO_RCVBUF fixes; null lets it grow.</summary>
    public int? ReceiveWindowBytes { get; set; }

    /// <summary>What SO_SNDBUF fixes; null lets it grow.</summary>
    public int? SendBufferBytes { get; set; }

    /// <summary>TCP_MAXSEG.</summary>
    public int? SegmentBytesMax { get; set; }

    public bool IsKeptAlive { get; set; }

    public VirtualDuration KeepAliveIdle { get; set; } = VirtualDuration.FromSeconds(7200);

    public VirtualDuration KeepAliveInterval { get; set; } = VirtualDuration.FromSeconds(75);

    public int KeepAliveProbes { get; set; } = 9;

    /// <summary>TCP_USER_TIMEOUT.</summary>
    public VirtualDuration? UserTimeout { get; set; }

    /// <summary>SO_LINGER with a time of 0: close resets.</summary>
    public bool IsResetOnClose { get; set; }

    public byte TimeToLive { get; set; } = Ipv4Header.InitialTimeToLive;

    public byte TypeOfService { get; set; }
}
