namespace Dilaton.Native;

/// <summary>What statx(2) says of a host file. Times are left out on purpose: no guest may see a
/// host time.</summary>
public readonly record struct HostFileStatus(
    uint Mode,
    uint LinkCount,
    uint UserId,
    uint GroupId,
    ulong SizeBytes,
    ulong Inode,
    ulong Device,
    ulong RawDevice);
