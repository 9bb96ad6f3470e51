using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A folder with its place in the guest's tree. There is one object for a folder, so that
/// a working folder or an open folder follows when the guest renames it. The tree crosses mount
/// points here: a mounted root covers the name it is mounted on.</summary>
internal abstract class DirectoryInode(FileVolume volume, DirectoryInode? parent, string name)
    : Inode(volume)
{
    private SortedDictionary<string, Inode>? _mounts;
    private SortedDictionary<string, NodeInode>? _nodes;

    /// <summary>The folder above; the root is its own.</summary>
    public DirectoryInode Parent => ParentOrNull ?? this;

    public string Name { get; protected set; } = name;

    /// <summary>Its name has been removed; nothing can be made in it any more.</summary>
    public bool IsRemoved { get; protected set; }

    protected DirectoryInode? ParentOrNull { get; set; } = parent;

    /// <summary>Absolute guest path.</summary>
    public string GetPath()
    {
        if (ParentOrNull is null)
        {
            return "/";
        }

        List<string> names = [];
        for (DirectoryInode at = this; at.ParentOrNull is { } above; at = above)
        {
            names.Add(at.Name);
        }

        names.Reverse();
        return "/" + string.Join('/', names);
    }

    public string GetPath(string child)
    {
        string path = GetPath();
        return path.Length == 1 ? path + child : $"{path}/{child}";
    }

    public void Mount(DirectoryInode root) => Mount(root.Name, root);

    /// <summary>Covers a name with a file or the root of a file system.</summary>
    public void Mount(string child, Inode covering)
    {
        _mounts ??= new SortedDictionary<string, Inode>(StringComparer.Ordinal);
        _mounts[child] = covering;
    }

    public bool IsMountPoint(string child) => _mounts?.ContainsKey(child) == true;

    /// <summary>Looks up one component, not <c>.</c> or <c>..</c>.</summary>
    public int Lookup(string child, [NotNullWhen(true)] out Inode? inode)
    {
        if (_mounts is not null && _mounts.TryGetValue(child, out Inode? root))
        {
            inode = root;
            return 0;
        }

        if (_nodes is not null && _nodes.TryGetValue(child, out NodeInode? node))
        {
            inode = node;
            return 0;
        }

        return LookupHere(child, out inode);
    }

    /// <summary>All names but <c>.</c> and <c>..</c>, in byte order.</summary>
    public int List(out List<DirectoryEntry> entries)
    {
        int error = ListHere(out entries);
        if (error != 0)
        {
            return error;
        }

        if (_mounts is not null)
        {
            foreach ((string name, Inode root) in _mounts)
            {
                if (!entries.Exists(entry => entry.Name == name))
                {
                    entries.Add(new DirectoryEntry(name, root.Record.Number, root.Mode));
                }
            }
        }

        foreach ((string name, NodeInode node) in _nodes ?? [])
        {
            entries.Add(new DirectoryEntry(name, node.Record.Number, node.Mode));
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return 0;
    }

    /// <summary>Makes a FIFO or the name of a socket; the name must not exist.</summary>
    public int MakeNode(string child, uint mode, out NodeInode? node)
    {
        node = null;
        if (Volume.IsReadOnly || IsRemoved)
        {
            return Volume.IsReadOnly ? Errno.EROFS : Errno.ENOENT;
        }

        node = new NodeInode(Volume, Volume.CreateNodeRecord(), mode);
        PutNode(child, node);
        FileEvents.TellName(this, child, isFolder: false, FileEvent.Create);
        return 0;
    }

    public void PutNode(string child, NodeInode node)
    {
        _nodes ??= new SortedDictionary<string, NodeInode>(StringComparer.Ordinal);
        _nodes[child] = node;
        Record.MarkModified();
    }

    public void RemoveNode(string child)
    {
        _nodes?.Remove(child);
        Record.MarkModified();
    }

    public bool HasNodes => _nodes is { Count: > 0 };

    /// <summary>Makes a regular file; the name must not exist.</summary>
    public virtual int CreateFile(
        string child, uint permissions, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        return Volume.IsReadOnly ? Errno.EROFS : Errno.EACCES;
    }

    public virtual int MakeDirectory(string child, uint permissions) => Refuse();

    public virtual int MakeSymlink(string child, string target) => Refuse();

    /// <summary>Gives a file another name, in this folder.</summary>
    public virtual int Link(string child, Inode file) => Refuse();

    /// <summary>Removes the name of something other than a folder.</summary>
    public virtual int Unlink(string child) => Refuse();

    public virtual int RemoveDirectory(string child) => Refuse();

    /// <summary>Moves a name to another folder of the same volume.</summary>
    /// <param name="flags">RENAME_NOREPLACE (1) or RENAME_EXCHANGE (2).</param>
    public virtual int Rename(string child, DirectoryInode to, string toChild, uint flags) =>
        Refuse();

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = new DirectoryFile(this, flags, path);
        return 0;
    }

    /// <summary>True if this is the folder or lies below it.</summary>
    public bool IsWithin(DirectoryInode folder)
    {
        for (DirectoryInode? at = this; at is not null; at = at.ParentOrNull)
        {
            if (ReferenceEquals(at, folder))
            {
                return true;
            }
        }

        return false;
    }

    protected bool HasMountBelow => _mounts is { Count: > 0 };

    protected abstract int LookupHere(string child, [NotNullWhen(true)] out Inode? inode);

    /// <summary>Names in any order.</summary>
    protected abstract int ListHere(out List<DirectoryEntry> entries);

    private int Refuse() => Volume.IsReadOnly ? Errno.EROFS : Errno.EPERM;
}
