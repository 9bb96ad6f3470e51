namespace Dilaton.Guest;

/// <summary>One file that an epoll descriptor watches.</summary>
internal sealed class EpollInterest(int descriptor, OpenFile file)
{
    public int Descriptor { get; } = descriptor;

    public OpenFile File { get; } = file;

    public uint Events { get; set; }

    public ulong Data { get; set; }

    /// <summary>Event counts at the last report, for edge-triggered watching.</summary>
    public (ulong Read, ulong Write)? Reported { get; set; }

    /// <summary>A one-shot watch that has been reported.</summary>
    public bool IsDisabled { get; set; }

    public (ulong Read, ulong Write) EventCounts =>
        (File.ReadReady?.EventCount ?? 0, File.WriteReady?.EventCount ?? 0);
}
