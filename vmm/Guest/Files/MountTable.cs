namespace Dilaton.Guest;

/// <summary>Builds the guest's tree from the grants and the built-in views.</summary>
internal sealed class MountTable(FileClock clock)
{
    private const uint DiskMajor = 8;

    private readonly List<(string Path, FileVolume Volume)> _mounts = [];
    private readonly HostInodeTable _inodes = new(clock);
    private DirectoryInode? _root;
    private TmpVolume? _implicit;
    private uint _nextDisk = 1;
    private uint _nextVirtual = 20;

    public DirectoryInode Root => _root!;

    /// <summary>In the order of mounting, for <c>/proc/mounts</c>.</summary>
    public IReadOnlyList<(string Path, FileVolume Volume)> Mounts => _mounts;

    public ulong NextVirtualDevice() => DeviceNumbers.Encode(0, _nextVirtual++);

    /// <summary>Mounts the granted folders, outer ones first.</summary>
    public void MountGrants(FileSystemOptions options)
    {
        List<(string Path, FileGrant Grant)> grants = [];
        foreach (FileGrant grant in options.Grants)
        {
            grants.Add((Normalize(ByteText.FromText(grant.GuestPath)), grant));
        }

        grants.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (grants.Count == 0 || grants[0].Path != "/")
        {
            MountRoot(new TmpVolume("none", NextVirtualDevice(), isReadOnly: true, clock));
        }

        foreach ((string path, FileGrant grant) in grants)
        {
            HostVolume volume = new(
                grant.HostPath,
                DeviceNumbers.Encode(DiskMajor, _nextDisk++),
                grant.Access == FileAccessRight.ReadOnly,
                clock,
                _inodes);
            if (path == "/")
            {
                MountRoot(volume);
            }
            else
            {
                Mount(path, volume, (parent, name) => new HostDirectory(volume, parent, name));
            }
        }
    }

    /// <summary>Mounts a volume unless a grant has taken the place. Folders on the way that do not
    /// exist are made up; links are followed in the guest's tree.</summary>
    public void Mount(
        string path, FileVolume volume, Func<DirectoryInode, string, DirectoryInode> createRoot)
    {
        (DirectoryInode parent, string name) = FindPlace(path);
        if (parent.IsMountPoint(name))
        {
            return;
        }

        DirectoryInode root = createRoot(parent, name);
        parent.Mount(root);
        _mounts.Add((root.GetPath(), volume));
    }

    private static string Normalize(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return "/" + string.Join('/', names);
    }

    private void MountRoot(FileVolume volume)
    {
        _root = volume is HostVolume host
            ? new HostDirectory(host, null, "")
            : new TmpDirectory((TmpVolume)volume, null, "", 0x1ed);
        _mounts.Add(("/", volume));
    }

    private (DirectoryInode Parent, string Name) FindPlace(string path)
    {
        PathResolver resolver = new(Root);
        PathLookup lookup = resolver.Resolve(Root, path, followLast: true);
        if (lookup.Target is DirectoryInode { } existing)
        {
            return (existing.Parent, existing.Name);
        }

        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        if (slash == 0)
        {
            return (Root, name);
        }

        PathLookup above = resolver.Resolve(Root, path[..slash], followLast: true);
        if (above.Target is DirectoryInode parent)
        {
            return (parent, name);
        }

        (DirectoryInode upper, string folder) = FindPlace(path[..slash]);
        _implicit ??= new TmpVolume("none", NextVirtualDevice(), isReadOnly: true, clock);
        TmpDirectory made = new(_implicit, upper, folder, 0x1ed);
        upper.Mount(made);
        return (made, name);
    }
}
