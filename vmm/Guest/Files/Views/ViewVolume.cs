namespace Dilaton.Guest;

/// <summary>A file system whose files are made up when they are read: proc, sysfs, devtmpfs.
/// </summary>
internal sealed class ViewVolume(
    string kind, ulong device, long magic, bool isReadOnly, FileClock clock)
    : FileVolume(kind, kind, device, magic, isReadOnly, clock)
{
    private const ulong DynamicNumbers = 1UL << 48;

    private ulong _next = 1;

    public InodeRecord CreateRecord() => new(_next++, Clock);

    /// <summary>A record for what comes and goes: the number depends on what it is, not on when it
    /// was first seen.</summary>
    public InodeRecord CreateRecord(int owner, int slot) =>
        new(DynamicNumbers | ((ulong)(uint)owner << 24) | (uint)slot, Clock);
}
