using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>Something that a name can stand for. Errors are positive <see cref="Errno"/> values,
/// 0 is success.</summary>
internal abstract class Inode(FileVolume volume)
{
    public FileVolume Volume { get; } = volume;

    /// <summary>Number, times and owner.</summary>
    public abstract InodeRecord Record { get; }

    /// <summary>Type and permission bits.</summary>
    public abstract uint Mode { get; }

    public bool IsDirectory => (Mode & FileModes.TypeMask) == FileModes.Directory;

    public bool IsRegular => (Mode & FileModes.TypeMask) == FileModes.Regular;

    public bool IsSymbolicLink => (Mode & FileModes.TypeMask) == FileModes.SymbolicLink;

    public abstract FileStatus GetStatus();

    /// <param name="flags">As of open(2), <see cref="Dilaton.Native.HostOpen"/>.</param>
    /// <param name="path">Guest path, for messages and <c>/proc/self/fd</c>.</param>
    public abstract int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file);

    public virtual int Truncate(long lengthBytes) => Errno.EINVAL;

    public virtual int ChangeMode(uint permissions) =>
        Volume.IsReadOnly ? Errno.EROFS : Errno.EPERM;

    public virtual int ChangeOwner(uint? userId, uint? groupId)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Record.UserId = userId ?? Record.UserId;
        Record.GroupId = groupId ?? Record.GroupId;
        Record.MarkChanged();
        return 0;
    }

    /// <summary>Sets those times that are not null.</summary>
    public int ChangeTimes(UnixTime? access, UnixTime? modify)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Record.AccessTime = access ?? Record.AccessTime;
        Record.ModifyTime = modify ?? Record.ModifyTime;
        Record.MarkChanged();
        return 0;
    }
}
