using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A generated folder with fixed names.</summary>
internal class ViewDirectory : DirectoryInode
{
    private readonly SortedDictionary<string, Inode> _children = new(StringComparer.Ordinal);

    public ViewDirectory(ViewVolume volume, DirectoryInode? parent, string name)
        : this(volume, parent, name, volume.CreateRecord())
    {
    }

    protected ViewDirectory(
        ViewVolume volume, DirectoryInode? parent, string name, InodeRecord record)
        : base(volume, parent, name)
    {
        View = volume;
        Record = record;
    }

    public override InodeRecord Record { get; }

    public override uint Mode => FileModes.Directory | 0x16d;

    protected ViewVolume View { get; }

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public void Add(string name, Inode inode) => _children.Add(name, inode);

    public void AddText(string name, Func<string> read, uint permissions = 0x124) =>
        Add(name, new TextInode(View, View.CreateRecord(), read, permissions));

    /// <summary>Adds a file that holds one fixed line.</summary>
    public void AddLine(string name, string line) => AddText(name, () => line + "\n");

    public void AddLink(string name, string target) =>
        Add(name, new ViewSymlink(View, View.CreateRecord(), () => target));

    public ViewDirectory AddDirectory(string name)
    {
        ViewDirectory made = new(View, this, name);
        Add(name, made);
        return made;
    }

    /// <summary>Adds the folders of a path that are not there yet.</summary>
    public ViewDirectory AddPath(string path)
    {
        ViewDirectory at = this;
        foreach (string name in path.Split('/'))
        {
            at = at._children.TryGetValue(name, out Inode? known)
                ? (ViewDirectory)known
                : at.AddDirectory(name);
        }

        return at;
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
}
