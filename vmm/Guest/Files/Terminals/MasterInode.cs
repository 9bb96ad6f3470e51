using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary><c>/dev/ptmx</c>: each opening makes a pseudoterminal.</summary>
internal sealed class MasterInode(FileVolume volume, InodeRecord record, NodeFileSystem files)
    : Inode(volume)
{
    private const uint ControlMajor = 5;
    private const uint MasterMinor = 2;

    public override InodeRecord Record { get; } = record;

    public override uint Mode => FileModes.CharacterDevice | 0x1b6;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, 0, DeviceNumbers.Encode(ControlMajor, MasterMinor));

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file) =>
        files.Terminals.TryOpenMaster(this, flags, path, out file);
}
