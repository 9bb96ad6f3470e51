using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A pipe as a file: opened again through <c>/proc/self/fd</c> it gives another end.
/// </summary>
internal sealed class PipeInode(FileVolume volume, InodeRecord record) : Inode(volume)
{
    public override InodeRecord Record { get; } = record;

    public Pipe Pipe { get; } = new();

    public override uint Mode => FileModes.Pipe | 0x180;

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = new PipeEnd(this, flags & ~HostOpen.Truncate);
        return 0;
    }
}
