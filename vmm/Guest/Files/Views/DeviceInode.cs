using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>One of Linux's memory devices.</summary>
internal sealed class DeviceInode(
    FileVolume volume, InodeRecord record, DeviceKind kind, SeededRandom random)
    : Inode(volume)
{
    private const uint MemoryMajor = 1;

    public override InodeRecord Record { get; } = record;

    public override uint Mode => FileModes.CharacterDevice | 0x1b6;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, 0, DeviceNumbers.Encode(MemoryMajor, (uint)kind));

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = new DeviceFile(this, flags, path, kind, random);
        return 0;
    }
}
