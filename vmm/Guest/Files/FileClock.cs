using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The wall clock and owner of files: virtual time counted from the job's epoch.</summary>
internal sealed class FileClock(INodeClock clock, long epochSeconds, uint userId, uint groupId)
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;
    private const ulong PicosecondsPerNanosecond = 1_000;

    /// <summary>Time stamp of files that the guest has not touched.</summary>
    public UnixTime Epoch { get; } = new(epochSeconds, 0);

    public uint UserId { get; } = userId;

    public uint GroupId { get; } = groupId;

    public VirtualTime VirtualNow => clock.Now;

    public UnixTime Now => ToUnix(clock.Now);

    public UnixTime ToUnix(VirtualTime time) => new(
        checked(Epoch.Seconds + (long)(time.Picoseconds / PicosecondsPerSecond)),
        (uint)(time.Picoseconds % PicosecondsPerSecond / PicosecondsPerNanosecond));
}
