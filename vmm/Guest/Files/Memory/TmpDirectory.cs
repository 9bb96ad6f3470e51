using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A folder in memory.</summary>
internal sealed class TmpDirectory : DirectoryInode
{
    private const uint RenameNoReplace = 1;
    private const uint RenameExchange = 2;

    private readonly SortedDictionary<string, Inode> _children = new(StringComparer.Ordinal);
    private readonly TmpVolume _volume;
    private uint _permissions;

    public TmpDirectory(TmpVolume volume, DirectoryInode? parent, string name, uint permissions)
        : base(volume, parent, name)
    {
        _volume = volume;
        _permissions = permissions;
        Record = volume.CreateRecord();
    }

    public override InodeRecord Record { get; }

    public override uint Mode => FileModes.Directory | _permissions;

    public override FileStatus GetStatus() =>
        Record.ToStatus(Volume, Mode, IsRemoved ? 0u : 1u, FileStatus.BlockSizeBytes);

    public override int ChangeMode(uint permissions)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        _permissions = permissions;
        Record.MarkChanged();
        return 0;
    }

    public override int CreateFile(
        string child, uint permissions, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        int error = PrepareAdd(child);
        if (error == 0)
        {
            TmpFile file = new(_volume, permissions & FileModes.PermissionMask);
            file.AddName();
            Add(child, file);
            inode = file;
        }

        return error;
    }

    public override int MakeDirectory(string child, uint permissions)
    {
        int error = PrepareAdd(child);
        if (error == 0)
        {
            TmpDirectory made = new(_volume, this, child, permissions);
            made.Record.MarkCreated();
            Add(child, made);
        }

        return error;
    }

    public override int MakeSymlink(string child, string target)
    {
        int error = PrepareAdd(child);
        if (error == 0)
        {
            Add(child, new TmpSymlink(_volume, target));
        }

        return error;
    }

    public override int Link(string child, Inode file)
    {
        int error = PrepareAdd(child);
        if (error != 0)
        {
            return error;
        }

        switch (file)
        {
            case TmpFile regular:
                regular.AddName();
                break;
            case TmpSymlink link:
                link.LinkCount++;
                break;
            default:
                return Errno.EPERM;
        }

        file.Record.MarkChanged();
        Add(child, file);
        return 0;
    }

    public override int Unlink(string child)
    {
        int error = PrepareChange();
        if (error != 0)
        {
            return error;
        }

        if (!_children.TryGetValue(child, out Inode? inode))
        {
            return Errno.ENOENT;
        }

        if (inode.IsDirectory)
        {
            return Errno.EISDIR;
        }

        Remove(child, inode);
        return 0;
    }

    public override int RemoveDirectory(string child)
    {
        int error = PrepareChange();
        if (error != 0)
        {
            return error;
        }

        if (IsMountPoint(child))
        {
            return Errno.EBUSY;
        }

        if (!_children.TryGetValue(child, out Inode? inode))
        {
            return Errno.ENOENT;
        }

        if (inode is not TmpDirectory folder)
        {
            return Errno.ENOTDIR;
        }

        if (!folder.IsEmpty)
        {
            return Errno.ENOTEMPTY;
        }

        Remove(child, inode);
        return 0;
    }

    public override int Rename(string child, DirectoryInode to, string toChild, uint flags)
    {
        int error = PrepareChange();
        if (error != 0)
        {
            return error;
        }

        var toFolder = (TmpDirectory)to;
        if (!_children.TryGetValue(child, out Inode? moved) || toFolder.IsRemoved)
        {
            return Errno.ENOENT;
        }

        bool isExchange = (flags & RenameExchange) != 0;
        if (!toFolder._children.TryGetValue(toChild, out Inode? replaced))
        {
            if (isExchange)
            {
                return Errno.ENOENT;
            }
        }
        else if (ReferenceEquals(moved, replaced))
        {
            return (flags & RenameNoReplace) != 0 ? Errno.EEXIST : 0;
        }
        else if (!isExchange)
        {
            error = CheckReplace(moved, replaced, flags);
            if (error != 0)
            {
                return error;
            }

            toFolder.Remove(toChild, replaced);
        }

        _children.Remove(child);
        if (isExchange)
        {
            Adopt(child, replaced!);
        }

        toFolder.Adopt(toChild, moved);
        Record.MarkModified();
        toFolder.Record.MarkModified();
        return 0;
    }

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode) =>
        _children.TryGetValue(child, out inode) ? 0 : Errno.ENOENT;

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        entries = [];
        foreach ((string name, Inode inode) in _children)
        {
            entries.Add(new DirectoryEntry(name, inode.Record.Number, inode.Mode));
        }

        return 0;
    }

    /// <summary>Puts in something made elsewhere, whatever the volume's access.</summary>
    public void Put(string child, Inode inode) => _children[child] = inode;

    private bool IsEmpty => _children.Count == 0 && !HasMountBelow;

    private static int CheckReplace(Inode moved, Inode replaced, uint flags)
    {
        if ((flags & RenameNoReplace) != 0)
        {
            return Errno.EEXIST;
        }

        if (replaced is TmpDirectory folder)
        {
            return !moved.IsDirectory ? Errno.EISDIR : folder.IsEmpty ? 0 : Errno.ENOTEMPTY;
        }

        return moved.IsDirectory ? Errno.ENOTDIR : 0;
    }

    private int PrepareChange() =>
        Volume.IsReadOnly ? Errno.EROFS : IsRemoved ? Errno.ENOENT : 0;

    private int PrepareAdd(string child)
    {
        int error = PrepareChange();
        return error == 0 && _children.ContainsKey(child) ? Errno.EEXIST : error;
    }

    private void Add(string child, Inode inode)
    {
        _children.Add(child, inode);
        Record.MarkModified();
    }

    private void Adopt(string child, Inode inode)
    {
        _children[child] = inode;
        inode.Record.MarkChanged();
        if (inode is TmpDirectory folder)
        {
            folder.ParentOrNull = this;
            folder.Name = child;
        }
    }

    private void Remove(string child, Inode inode)
    {
        _children.Remove(child);
        Record.MarkModified();
        switch (inode)
        {
            case TmpFile file:
                file.RemoveName();
                break;
            case TmpSymlink link:
                link.LinkCount--;
                break;
            case TmpDirectory folder:
                folder.IsRemoved = true;
                break;
        }
    }
}
