using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>An open file description: what descriptors refer to, shared by those that dup(2) or
/// fork made. Transfers return bytes or a negated errno; -EAGAIN means that nothing can be done
/// now, and the caller waits on <see cref="ReadReady"/> or <see cref="WriteReady"/> unless the
/// descriptor is non-blocking.</summary>
internal abstract class OpenFile(Inode inode, int flags, string path)
{
    private const int SettableFlags =
        HostOpen.Append | HostOpen.NonBlocking | AsyncFlag | HostOpen.Direct | NoAccessTimeFlag;

    private const int AsyncFlag = 0x2000;
    private const int LargeFileFlag = 0x8000;
    private const int NoAccessTimeFlag = 0x40000;

    private const int OpeningOnlyFlags = HostOpen.Create | HostOpen.Exclusive
        | HostOpen.NoControllingTerminal | HostOpen.Truncate | HostOpen.CloseOnExec;

    private int _references;

    public Inode Inode { get; } = inode;

    /// <summary>Access mode and status flags, as F_GETFL shows them.</summary>
    public int Flags { get; private set; } = flags & ~OpeningOnlyFlags;

    /// <summary>Guest path as a byte string, or a name such as <c>pipe:[7]</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Where its name is; null if it was opened by none.</summary>
    public DirectoryInode? Folder { get; private set; }

    /// <summary>In that folder, follows when it is renamed.</summary>
    public string NameInFolder { get; private set; } = "";

    /// <summary>The last descriptor is gone.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>F_SETOWN: a process, or a group as a negative number.</summary>
    public int Owner { get; set; }

    public bool IsPathOnly => (Flags & HostOpen.Path) != 0;

    public bool CanRead =>
        !IsPathOnly && (Flags & HostOpen.AccessMask) is HostOpen.ReadOnly or HostOpen.ReadWrite;

    public bool CanWrite =>
        !IsPathOnly && (Flags & HostOpen.AccessMask) is HostOpen.WriteOnly or HostOpen.ReadWrite;

    public bool IsNonBlocking
    {
        get => (Flags & HostOpen.NonBlocking) != 0;
        set => Flags = value ? Flags | HostOpen.NonBlocking : Flags & ~HostOpen.NonBlocking;
    }

    protected bool IsAppending => (Flags & HostOpen.Append) != 0;

    /// <summary>A terminal, which jobs in the background may not read.</summary>
    public virtual TerminalLine? JobTerminal => null;

    public virtual ReadySource? ReadReady => null;

    public virtual ReadySource? WriteReady => null;

    /// <summary>False for regular files and folders, which are always ready and which epoll
    /// refuses.</summary>
    public virtual bool IsPollable => false;

    /// <summary>True if it has a position: pread, pwrite and lseek work.</summary>
    public virtual bool IsSeekable => false;

    public void SetFlags(int flags) =>
        Flags = (Flags & ~SettableFlags) | (flags & SettableFlags);

    /// <summary>Flags as F_GETFL shows them: a 64-bit kernel adds O_LARGEFILE when it opens a name.
    /// </summary>
    public int GetVisibleFlags() =>
        IsPathOnly || Inode.Volume is AnonymousVolume or SocketVolume
            ? Flags : Flags | LargeFileFlag;

    public virtual FileStatus GetStatus() => Inode.GetStatus();

    public virtual long Read(Span<byte> destination) => -Errno.EINVAL;

    public virtual long Write(ReadOnlySpan<byte> source) => -Errno.EINVAL;

    public virtual long ReadAt(long offset, Span<byte> destination) => -Errno.ESPIPE;

    public virtual long WriteAt(long offset, ReadOnlySpan<byte> source) => -Errno.ESPIPE;

    public virtual long Seek(long offset, int whence) => -Errno.ESPIPE;

    public virtual long Truncate(long lengthBytes) => -Errno.EINVAL;

    public virtual long Allocate(int mode, long offset, long lengthBytes) => -Errno.ESPIPE;

    public virtual long Synchronize() => -Errno.EINVAL;

    public virtual PollEvents Poll() =>
        PollEvents.In | PollEvents.Out | PollEvents.ReadNormal | PollEvents.WriteNormal;

    /// <summary>Adds the queues on which a change of <see cref="Poll"/> is told.</summary>
    public virtual void AddQueues(List<WaitQueue> queues)
    {
        if (ReadReady is { } reading)
        {
            queues.Add(reading.Queue);
        }

        if (WriteReady is { } writing && !ReferenceEquals(writing, ReadReady))
        {
            queues.Add(writing.Queue);
        }
    }

    /// <summary>ioctl(2) on what is special about this file.</summary>
    public virtual long Control(SystemCallContext call, uint request, ulong argument) =>
        -Errno.ENOTTY;

    public void SetName(DirectoryInode folder, string name) => (Folder, NameInFolder) = (folder, name);

    public bool IsNamed(in PathLookup place) => Folder == place.Parent && NameInFolder == place.Name;

    public void AddReference()
    {
        Inode.Record.OpenCount += _references == 0 ? 1 : 0;
        _references++;
    }

    public void Release()
    {
        Invariant.Require(_references > 0);
        if (--_references == 0)
        {
            FileEvents.TellClosing(this);
            IsClosed = true;
            if (Inode.Record.Locks is { } locks)
            {
                locks.Release(this);
                locks.ReleaseWhole(this);
            }

            LetGo();
        }
    }

    /// <summary>With the last descriptor of a file without a name goes the file.</summary>
    private void LetGo()
    {
        InodeRecord record = Inode.Record;
        record.OpenCount--;
        bool isGone = record.Watches.Count > 0 && record.OpenCount == 0
            && GetStatus().LinkCount == 0;
        Closed();
        if (isGone)
        {
            FileEvents.TellGone(record);
        }
    }

    /// <summary>The last descriptor is gone.</summary>
    protected virtual void Closed()
    {
    }
}
