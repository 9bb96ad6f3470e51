using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a thread's blocked system call must remember until it runs again.</summary>
internal sealed class PendingCall
{
    /// <summary>Bytes that a blocking write has written so far.</summary>
    public long Progress { get; set; }

    /// <summary>Messages that recvmmsg or sendmmsg has moved so far.</summary>
    public int MessageCount { get; set; }

    /// <summary>Descriptor of a FIFO whose other end is still to be opened.</summary>
    public int Descriptor { get; set; }

    /// <summary>How often that other end had been opened before.</summary>
    public uint OpenedBefore { get; set; }

    /// <summary>Virtual time at which a poll gives up.</summary>
    public VirtualTime? Deadline { get; set; }
}
