using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>What lies behind an eventfd, timerfd or epoll descriptor.</summary>
internal sealed class AnonymousInode(FileVolume volume, InodeRecord record) : Inode(volume)
{
    public override InodeRecord Record { get; } = record;

    public override uint Mode => 0x180;

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }
}
