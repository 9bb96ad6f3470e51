using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A folder of a granted host tree.</summary>
internal sealed class HostDirectory : DirectoryInode
{
    private const uint RenameNoReplace = 1;
    private const uint RenameExchange = 2;

    private readonly Dictionary<string, HostDirectory> _children = new(StringComparer.Ordinal);
    private readonly LinkedListNode<HostDirectory> _place;
    private readonly HostVolume _volume;
    private readonly (ulong Device, ulong Inode) _identity;
    private uint _permissions;
    private SafeFileHandle? _handle;

    /// <summary>The root of a grant.</summary>
    public HostDirectory(HostVolume volume, DirectoryInode? parent, string name)
        : this(volume, parent, name, ReadRootStatus(volume))
    {
        _handle = volume.RootHandle;
    }

    private HostDirectory(
        HostVolume volume, DirectoryInode? parent, string name, in HostFileStatus status)
        : base(volume, parent, name)
    {
        _volume = volume;
        _identity = (status.Device, status.Inode);
        _permissions = status.Mode & FileModes.PermissionMask;
        _place = new LinkedListNode<HostDirectory>(this);
        Record = volume.Inodes.Find(status);
    }

    public override InodeRecord Record { get; }

    public override uint Mode => FileModes.Directory | _permissions;

    /// <summary>Size and link count of a folder are the host file system's affair: a block, and
    /// 1, which means unknown.</summary>
    public override FileStatus GetStatus() =>
        Record.ToStatus(Volume, Mode, IsRemoved ? 0u : 1u, FileStatus.BlockSizeBytes);

    /// <returns>0 or a positive errno.</returns>
    public int TryGetHandle(out SafeFileHandle handle)
    {
        handle = _volume.RootHandle;
        if (ReferenceEquals(_handle, handle))
        {
            return 0;
        }

        if (IsRemoved)
        {
            return Errno.ENOENT;
        }

        if (_handle is null)
        {
            int error = ((HostDirectory)Parent).TryGetHandle(out SafeFileHandle above);
            if (error == 0)
            {
                error = -HostFiles.OpenAt(
                    above, Name, HostOpen.Path | HostOpen.Directory, 0, out handle);
            }

            if (error != 0)
            {
                return error;
            }

            _handle = handle;
        }

        handle = _handle;
        _volume.Touch(this, _place);
        return 0;
    }

    public void CloseHandle()
    {
        _handle?.Dispose();
        _handle = null;
    }

    public override int ChangeMode(uint permissions)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        int error = TryOpenForUse(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        using (handle)
        {
            error = -HostFiles.ChangeMode(handle, permissions);
        }

        if (error == 0)
        {
            _permissions = permissions;
            Record.MarkChanged();
        }

        return error;
    }

    public override int CreateFile(
        string child, uint permissions, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        int error = PrepareChange(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        const int Flags = HostOpen.Create | HostOpen.Exclusive | HostOpen.WriteOnly;
        error = -HostFiles.OpenAt(handle, child, Flags, 0x180, out SafeFileHandle file);
        if (error != 0)
        {
            return error;
        }

        using (file)
        {
            // The guest's umask is already in the permissions; the host's must not be.
            error = -HostFiles.ChangeMode(file, permissions & FileModes.PermissionMask);
            if (error == 0)
            {
                error = -HostFiles.Status(file, out HostFileStatus status);
                inode = new HostFileInode(this, child, status);
                inode.Record.MarkCreated();
            }
        }

        Record.MarkModified();
        return error;
    }

    public override int MakeDirectory(string child, uint permissions)
    {
        int error = PrepareChange(out SafeFileHandle handle);
        if (error == 0)
        {
            error = -HostFiles.MakeDirectoryAt(handle, child, 0x1c0);
        }

        if (error == 0)
        {
            error = Lookup(child, out Inode? made);
            if (error == 0)
            {
                error = made!.ChangeMode(permissions);
                made.Record.MarkCreated();
                Record.MarkModified();
            }
        }

        return error;
    }

    public override int MakeSymlink(string child, string target)
    {
        int error = PrepareChange(out SafeFileHandle handle);
        if (error == 0)
        {
            error = -HostFiles.SymlinkAt(handle, child, target);
        }

        return Created(child, error);
    }

    public override int Link(string child, Inode file)
    {
        int error = PrepareChange(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        (HostDirectory? folder, string name) = file switch
        {
            HostFileInode regular => (regular.Folder, regular.Name),
            HostSymlink link => (link.Folder, link.Name),
            _ => (null, ""),
        };
        if (folder is null)
        {
            return Errno.EPERM;
        }

        error = folder.TryGetHandle(out SafeFileHandle from);
        if (error == 0)
        {
            error = -HostFiles.LinkAt(from, name, handle, child);
        }

        if (error == 0)
        {
            file.Record.MarkChanged();
            Record.MarkModified();
        }

        return error;
    }

    public override int Unlink(string child)
    {
        int error = PrepareChange(out SafeFileHandle handle);
        if (error == 0)
        {
            error = -HostFiles.StatusAt(handle, child, out HostFileStatus status);
            if (error == 0)
            {
                error = -HostFiles.UnlinkAt(handle, child);
                Removed(child, error, status);
            }
        }

        return error;
    }

    public override int RemoveDirectory(string child)
    {
        if (IsMountPoint(child))
        {
            return Errno.EBUSY;
        }

        int error = PrepareChange(out SafeFileHandle handle);
        if (error == 0)
        {
            error = -HostFiles.StatusAt(handle, child, out HostFileStatus status);
            if (error == 0)
            {
                error = -HostFiles.RemoveDirectoryAt(handle, child);
                Removed(child, error, status);
            }
        }

        return error;
    }

    public override int Rename(string child, DirectoryInode to, string toChild, uint flags)
    {
        int error = PrepareChange(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        var toFolder = (HostDirectory)to;
        error = toFolder.PrepareChange(out SafeFileHandle toHandle);
        if (error != 0)
        {
            return error;
        }

        error = -HostFiles.StatusAt(handle, child, out HostFileStatus moved);
        if (error != 0)
        {
            return error;
        }

        bool isReplacing =
            HostFiles.StatusAt(toHandle, toChild, out HostFileStatus replaced) == 0
            && (flags & RenameNoReplace) == 0;
        error = -HostFiles.RenameAt(handle, child, toHandle, toChild, flags);
        if (error != 0 || (isReplacing && IsSame(moved, replaced)))
        {
            return error;
        }

        bool isExchange = (flags & RenameExchange) != 0;
        _children.Remove(child, out HostDirectory? movedFolder);
        toFolder._children.Remove(toChild, out HostDirectory? replacedFolder);
        if (isReplacing && !isExchange)
        {
            toFolder.Removed(replacedFolder, replaced);
        }
        else if (isExchange)
        {
            Adopt(child, replacedFolder);
            _volume.Inodes.Find(replaced).MarkChanged();
        }

        toFolder.Adopt(toChild, movedFolder);
        _volume.Inodes.Find(moved).MarkChanged();
        Record.MarkModified();
        toFolder.Record.MarkModified();
        return 0;
    }

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        int error = TryGetHandle(out SafeFileHandle handle);
        if (error == 0)
        {
            error = -HostFiles.StatusAt(handle, child, out HostFileStatus status);
            if (error == 0)
            {
                inode = _volume.IsRefused(handle, child, status) ? null : Wrap(child, status);
                error = inode is null ? Errno.EACCES : 0;
            }
        }

        return error;
    }

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        const int NameAt = 19;
        entries = [];
        int error = TryOpenForUse(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        using (handle)
        {
            byte[] buffer = new byte[32 << 10];
            while (true)
            {
                int filled = HostFiles.ReadDirectory(handle, buffer);
                if (filled <= 0)
                {
                    NumberInOrder(entries);
                    return -filled;
                }

                for (int at = 0; at < filled;)
                {
                    ReadOnlySpan<byte> record = buffer.AsSpan(at, filled - at);
                    int length = BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
                    ReadOnlySpan<byte> name = record[NameAt..length];
                    string text = ByteText.FromBytes(name[..name.IndexOf((byte)0)]);
                    if (text is not ("." or ".."))
                    {
                        entries.Add(new DirectoryEntry(
                            text,
                            BinaryPrimitives.ReadUInt64LittleEndian(record),
                            (uint)record[NameAt - 1] << 12));
                    }

                    at += length;
                }
            }
        }
    }

    private static HostFileStatus ReadRootStatus(HostVolume volume)
    {
        int result = HostFiles.Status(volume.RootHandle, out HostFileStatus status);
        return result == 0
            ? status
            : throw new IOException($"statx of {volume.HostPath} failed (errno {-result})");
    }

    private static bool IsSame(in HostFileStatus a, in HostFileStatus b) =>
        a.Device == b.Device && a.Inode == b.Inode;

    /// <summary>Numbers are given in order of first sight, so the host's order of names must not
    /// show.</summary>
    private void NumberInOrder(List<DirectoryEntry> entries)
    {
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (int i = 0; i < entries.Count; i++)
        {
            InodeRecord record = _volume.Inodes.Find(_identity.Device, entries[i].Inode);
            entries[i] = entries[i] with { Inode = record.Number };
        }
    }

    private Inode Wrap(string child, in HostFileStatus status)
    {
        if ((status.Mode & FileModes.TypeMask) != FileModes.Directory)
        {
            return _volume.Wrap(this, child, status);
        }

        if (_children.TryGetValue(child, out HostDirectory? known))
        {
            if (known._identity == (status.Device, status.Inode))
            {
                known._permissions = status.Mode & FileModes.PermissionMask;
                return known;
            }

            Detach(known);
        }

        HostDirectory folder = new(_volume, this, child, status);
        _children[child] = folder;
        return folder;
    }

    private int PrepareChange(out SafeFileHandle handle)
    {
        handle = _volume.RootHandle;
        return Volume.IsReadOnly ? Errno.EROFS : TryGetHandle(out handle);
    }

    private int TryOpenForUse(out SafeFileHandle handle)
    {
        const int Flags = HostOpen.ReadOnly | HostOpen.Directory | HostOpen.NonBlocking;
        int error = TryGetHandle(out handle);
        return error != 0 ? error : -HostFiles.OpenAt(handle, ".", Flags, 0, out handle);
    }

    private int Created(string child, int error)
    {
        if (error == 0)
        {
            error = Lookup(child, out Inode? made);
            made?.Record.MarkCreated();
            Record.MarkModified();
        }

        return error;
    }

    private void Removed(string child, int error, in HostFileStatus status)
    {
        if (error == 0)
        {
            _children.Remove(child, out HostDirectory? folder);
            Removed(folder, status);
            Record.MarkModified();
        }
    }

    private void Removed(HostDirectory? folder, in HostFileStatus status)
    {
        bool isDirectory = (status.Mode & FileModes.TypeMask) == FileModes.Directory;
        InodeRecord record = _volume.Inodes.Find(status);
        record.MarkChanged();
        if (isDirectory || status.LinkCount == 1)
        {
            _volume.Inodes.Forget(status);
        }

        if (folder is not null)
        {
            Detach(folder);
        }
    }

    private void Adopt(string child, HostDirectory? folder)
    {
        if (folder is not null)
        {
            folder.ParentOrNull = this;
            folder.Name = child;
            _children[child] = folder;
        }
    }

    private void Detach(HostDirectory folder)
    {
        folder.IsRemoved = true;
        folder.CloseHandle();
        _volume.Forget(folder._place);
    }
}
