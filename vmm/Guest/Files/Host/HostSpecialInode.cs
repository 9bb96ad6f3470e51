using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A device, FIFO or socket of a granted host tree: it can be seen but never opened, for
/// it leads out of the emulated machine.</summary>
internal sealed class HostSpecialInode(HostDirectory folder, in HostFileStatus status)
    : Inode(folder.Volume)
{
    private readonly HostFileStatus _status = status;

    public override InodeRecord Record { get; } =
        ((HostVolume)folder.Volume).Inodes.Find(status);

    public override uint Mode => _status.Mode;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume,
        Mode,
        _status.LinkCount,
        0,
        DeviceNumbers.Encode((uint)(_status.RawDevice >> 32), (uint)_status.RawDevice));

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }
}
