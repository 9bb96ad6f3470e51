using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The wall clock and owner of files: virtual time counted from the job's epoch.</summary>
internal sealed class FileClock(FileOrigin origin)
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;
    private const ulong PicosecondsPerNanosecond = 1_000;

    private INodeClock? _clock;

    /// <summary>Time stamp of files that the guest has not touched.</summary>
    public UnixTime Epoch { get; } = new(origin.EpochSeconds, 0);

    public uint UserId { get; } = origin.UserId;

    public uint GroupId { get; } = origin.GroupId;

    /// <summary>Power-on until the node has a clock.</summary>
    public VirtualTime VirtualNow => _clock?.Now ?? VirtualTime.Zero;

    public UnixTime Now => ToUnix(VirtualNow);

    public void Attach(INodeClock clock) => _clock = clock;

    public UnixTime ToUnix(VirtualTime time) => new(
        checked(Epoch.Seconds + (long)(time.Picoseconds / PicosecondsPerSecond)),
        (uint)(time.Picoseconds % PicosecondsPerSecond / PicosecondsPerNanosecond));
}
