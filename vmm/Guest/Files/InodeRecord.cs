namespace Dilaton.Guest;

/// <summary>What the emulated machine knows of a file beside its contents: its number, and the
/// times and owner that the guest gave it.</summary>
internal sealed class InodeRecord(ulong number, FileClock clock)
{
    public ulong Number { get; } = number;

    public UnixTime AccessTime { get; set; } = clock.Epoch;

    public UnixTime ModifyTime { get; set; } = clock.Epoch;

    public UnixTime ChangeTime { get; set; } = clock.Epoch;

    public UnixTime BirthTime { get; private set; } = clock.Epoch;

    public uint UserId { get; set; } = clock.UserId;

    public uint GroupId { get; set; } = clock.GroupId;

    /// <summary>Advisory locks; null if there never was one.</summary>
    public FileLocks? Locks { get; set; }

    /// <summary>Who watches it, in the order of asking.</summary>
    public List<FileWatch> Watches { get; } = [];

    /// <summary>Open files of it.</summary>
    public int OpenCount { get; set; }

    public void MarkCreated()
    {
        UnixTime now = clock.Now;
        (AccessTime, ModifyTime, ChangeTime, BirthTime) = (now, now, now, now);
    }

    public void MarkModified()
    {
        UnixTime now = clock.Now;
        (ModifyTime, ChangeTime) = (now, now);
    }

    public void MarkChanged() => ChangeTime = clock.Now;

    public FileStatus ToStatus(
        FileVolume volume, uint mode, uint linkCount, long sizeBytes, ulong rawDevice = 0) => new()
        {
            Device = volume.Device,
            Inode = Number,
            Mode = mode,
            LinkCount = linkCount,
            UserId = UserId,
            GroupId = GroupId,
            RawDevice = rawDevice,
            SizeBytes = sizeBytes,
            AccessTime = AccessTime,
            ModifyTime = ModifyTime,
            ChangeTime = ChangeTime,
            BirthTime = BirthTime,
        };
}
