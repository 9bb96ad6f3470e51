using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A file whose text is made when it is opened.</summary>
internal sealed class TextInode(
    FileVolume volume, InodeRecord record, Func<string> read, uint permissions = 0x124)
    : Inode(volume)
{
    private const long SysSizeBytes = 4096;

    public override InodeRecord Record { get; } = record;

    public override uint Mode => FileModes.Regular | permissions;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, Volume.Magic == FileVolume.SysMagic ? SysSizeBytes : 0);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        if ((flags & HostOpen.AccessMask) != HostOpen.ReadOnly)
        {
            file = null;
            return Errno.EACCES;
        }

        file = new TextFile(this, flags, path, ByteText.ToBytes(read()));
        return 0;
    }
}
