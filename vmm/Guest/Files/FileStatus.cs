namespace Dilaton.Guest;

/// <summary>What stat(2) says of a file. All of it is the emulated machine's: no host inode,
/// device, owner or time.</summary>
internal readonly record struct FileStatus
{
    public const uint BlockSizeBytes = 4096;

    public required ulong Device { get; init; }

    public required ulong Inode { get; init; }

    public required uint Mode { get; init; }

    public required uint LinkCount { get; init; }

    public required uint UserId { get; init; }

    public required uint GroupId { get; init; }

    public ulong RawDevice { get; init; }

    public long SizeBytes { get; init; }

    public UnixTime AccessTime { get; init; }

    public UnixTime ModifyTime { get; init; }

    public UnixTime ChangeTime { get; init; }

    public UnixTime BirthTime { get; init; }

    /// <summary>In 512-byte units, as if every block were allocated: real allocation is the host
    /// file system's affair.</summary>
    public long Blocks =>
        (Mode & FileModes.TypeMask) is FileModes.Regular or FileModes.Directory
            ? (SizeBytes + BlockSizeBytes - 1) / BlockSizeBytes * (BlockSizeBytes / 512)
            : 0;
}
