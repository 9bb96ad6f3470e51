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

    /// <summary>Mounts the granted folders and the built-in views, outer ones first, so that none
    /// hides another. A grant for the place of a view has precedence.</summary>
    public void MountAll(FileSystemOptions options, IEnumerable<PlannedMount> views)
    {
        SortedDictionary<string, PlannedMount> planned = new(StringComparer.Ordinal);
        foreach (PlannedMount view in views)
        {
            planned[view.Path] = view;
        }

        foreach (FileGrant grant in options.Grants)
        {
            string path = Normalize(ByteText.FromText(grant.GuestPath));
            planned[path] = Plan(path, grant);
        }

        if (!planned.ContainsKey("/"))
        {
            MountRoot(new TmpVolume("none", NextVirtualDevice(), isReadOnly: true, clock));
        }

        foreach (PlannedMount mount in planned.Values)
        {
            if (mount.Path == "/")
            {
                MountRoot(mount.Volume);
            }
            else
            {
                Mount(mount);
            }
        }
    }

    /// <summary>Covers one file; folders on the way that do not exist are made up.</summary>
    public void MountFile(string path, Inode file)
    {
        (DirectoryInode parent, string name) = FindPlace(path);
        parent.Mount(name, file);
    }

    private void Mount(PlannedMount mount)
    {
        (DirectoryInode parent, string name) = FindPlace(mount.Path);
        DirectoryInode root = mount.CreateRoot(parent, name);
        parent.Mount(root);
        _mounts.Add((root.GetPath(), mount.Volume));
    }

    private PlannedMount Plan(string path, FileGrant grant)
    {
        HostVolume volume = new(
            grant.HostPath,
            DeviceNumbers.Encode(DiskMajor, _nextDisk++),
            grant.Access == FileAccessRight.ReadOnly,
            clock,
            _inodes);
        return new PlannedMount(
            path, volume, (parent, name) => new HostDirectory(volume, parent, name));
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

    /// <summary>Folders on the way that do not exist are made up; links are followed in the guest's
    /// tree.</summary>
    private (DirectoryInode Parent, string Name) FindPlace(string path)
    {
        PathResolver resolver = new(Root, _ => true);
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
