namespace Dilaton.Guest;

/// <summary>A file system in memory.</summary>
internal sealed class TmpVolume(
    string source, ulong device, bool isReadOnly, FileClock clock)
    : FileVolume("tmpfs", source, device, TmpMagic, isReadOnly, clock)
{
    private ulong _next = 1;

    public InodeRecord CreateRecord() => new(_next++, Clock);
}
