namespace Dilaton.Guest;

/// <summary>What an interface has counted, as <c>/proc/net/dev</c> shows it.</summary>
internal sealed class InterfaceCounters
{
    public ulong ReceivedFrames { get; set; }

    public ulong ReceivedBytes { get; set; }

    /// <summary>Not for us, of an unknown kind, or too many at once.</summary>
    public ulong ReceiveDrops { get; set; }

    /// <summary>Damaged: too short, wrong lengths or check sums.</summary>
    public ulong ReceiveErrors { get; set; }

    public ulong SentFrames { get; set; }

    public ulong SentBytes { get; set; }

    /// <summary>The transmit queue was full.</summary>
    public ulong SendDrops { get; set; }
}
