using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A socket as a file; it can't be opened by a name.</summary>
internal sealed class SocketInode(FileVolume volume, InodeRecord record) : Inode(volume)
{
    public override InodeRecord Record { get; } = record;

    public override uint Mode => FileModes.Socket | 0x1ff;

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }
}
