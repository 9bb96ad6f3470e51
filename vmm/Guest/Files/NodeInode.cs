using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A FIFO or the name of a socket that the guest made in a folder. It is the emulated
/// machine's alone: a granted host folder does not get it.</summary>
internal sealed class NodeInode(FileVolume volume, InodeRecord record, uint mode) : Inode(volume)
{
    private uint _mode = mode;

    public override InodeRecord Record { get; } = record;

    public override uint Mode => _mode;

    public bool IsFifo => (Mode & FileModes.TypeMask) == FileModes.Pipe;

    /// <summary>Of a FIFO: what its two ends share.</summary>
    public Pipe Pipe { get; } = new();

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public override int ChangeMode(uint permissions)
    {
        _mode = (Mode & FileModes.TypeMask) | (permissions & FileModes.PermissionMask);
        Record.MarkChanged();
        return 0;
    }

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = IsFifo ? new PipeEnd(this, Pipe, flags, path) : null;
        return IsFifo ? 0 : Errno.ENXIO;
    }
}
