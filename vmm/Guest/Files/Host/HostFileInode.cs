using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A regular file of a granted host tree, by folder and name.</summary>
internal sealed class HostFileInode(HostDirectory folder, string name, in HostFileStatus status)
    : Inode(folder.Volume), IHostBacked
{
    private HostFileStatus _status = status;

    public HostDirectory Folder { get; } = folder;

    public string Name { get; } = name;

    public override InodeRecord Record { get; } =
        ((HostVolume)folder.Volume).Inodes.Find(status);

    public override uint Mode => _status.Mode;

    public override FileStatus GetStatus() => ToStatus(_status);

    public FileStatus ToStatus(in HostFileStatus status) =>
        Record.ToStatus(Volume, status.Mode, status.LinkCount, (long)status.SizeBytes);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        int access = flags & HostOpen.AccessMask;
        bool isTruncating = (flags & HostOpen.Truncate) != 0;
        if (Volume.IsReadOnly && (access != HostOpen.ReadOnly || isTruncating))
        {
            return Errno.EROFS;
        }

        int hostFlags = access | (flags & HostOpen.Truncate)
            | HostOpen.NonBlocking | HostOpen.NoControllingTerminal;
        int error = TryOpenHost(hostFlags, out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        if (isTruncating)
        {
            Record.MarkModified();
        }

        file = new HostBackedFile(this, flags, path, handle, handle.Dispose);
        return 0;
    }

    public override int Truncate(long lengthBytes)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        const int Flags = HostOpen.WriteOnly | HostOpen.NonBlocking;
        int error = TryOpenHost(Flags, out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        using (handle)
        {
            error = -HostFiles.Truncate(handle, lengthBytes);
            _ = HostFiles.Status(handle, out _status);
        }

        if (error == 0)
        {
            Record.MarkModified();
        }

        return error;
    }

    public override int ChangeMode(uint permissions)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        int error = Folder.TryGetHandle(out SafeFileHandle folder);
        if (error == 0)
        {
            error = -HostFiles.ChangeModeAt(folder, Name, permissions);
        }

        if (error == 0)
        {
            _status = _status with { Mode = FileModes.Regular | permissions };
            Record.MarkChanged();
        }

        return error;
    }

    /// <summary>Opens only if the name still is this kind of thing: to open a device or a FIFO
    /// would act on the host.</summary>
    private int TryOpenHost(int hostFlags, out SafeFileHandle handle)
    {
        int error = Folder.TryGetHandle(out SafeFileHandle folder);
        if (error != 0)
        {
            handle = folder;
            return error;
        }

        error = -HostFiles.OpenAt(folder, Name, hostFlags, 0, out handle);
        if (error == 0)
        {
            error = -HostFiles.Status(handle, out _status);
            if (error != 0 || !IsRegular)
            {
                handle.Dispose();
                return error != 0 ? error : Errno.EACCES;
            }
        }

        return error;
    }
}
