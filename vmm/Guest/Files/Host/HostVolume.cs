using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A granted host folder. Nothing below it is ever reached but by a handle of the folder
/// one above and a single name, without following links; so neither <c>..</c>, nor a link, nor a
/// race can lead out of it.</summary>
internal sealed class HostVolume : FileVolume
{
    private const int HandleCountMax = 256;

    private readonly LinkedList<HostDirectory> _opened = new();
    private readonly Dictionary<ulong, bool> _refusedDevices = [];

    public HostVolume(
        string hostPath, ulong device, bool isReadOnly, FileClock clock, HostInodeTable inodes)
        : base("ext4", "/dev/root", device, DiskMagic, isReadOnly, clock)
    {
        HostPath = hostPath;
        Inodes = inodes;
        int result = HostFiles.OpenRoot(hostPath, out SafeFileHandle root);
        if (result != 0)
        {
            throw new ConfigException(
                "grants", $"open of host folder '{hostPath}' failed (errno {-result})");
        }

        RootHandle = root;
    }

    public string HostPath { get; }

    public HostInodeTable Inodes { get; }

    public SafeFileHandle RootHandle { get; }

    /// <summary>Keeps a bounded number of folder handles open, the least used is closed first.
    /// </summary>
    public void Touch(HostDirectory directory, LinkedListNode<HostDirectory> place)
    {
        if (place.List is not null)
        {
            _opened.Remove(place);
        }

        _opened.AddLast(place);
        if (_opened.Count > HandleCountMax)
        {
            HostDirectory oldest = _opened.First!.Value;
            _opened.RemoveFirst();
            oldest.CloseHandle();
        }
    }

    public void Forget(LinkedListNode<HostDirectory> place)
    {
        if (place.List is not null)
        {
            _opened.Remove(place);
        }
    }

    /// <summary>True for what lies on a file system that shows the host machine instead of files:
    /// a procfs or sysfs that somebody mounted inside the granted folder.</summary>
    public bool IsRefused(SafeFileHandle folder, string name, in HostFileStatus status)
    {
        if (!_refusedDevices.TryGetValue(status.Device, out bool isRefused))
        {
            if (HostFiles.OpenAt(folder, name, HostOpen.Path, 0, out SafeFileHandle handle) != 0)
            {
                return false;
            }

            using (handle)
            {
                isRefused = HostFiles.FileSystemKind(handle, out long magic) == 0
                    && IsMachineView(magic);
            }

            _refusedDevices.Add(status.Device, isRefused);
        }

        return isRefused;
    }

    /// <summary>Wraps what statx said of a name that is not a folder.</summary>
    public Inode Wrap(HostDirectory folder, string name, in HostFileStatus status) =>
        (status.Mode & FileModes.TypeMask) switch
        {
            FileModes.Regular => new HostFileInode(folder, name, status),
            FileModes.SymbolicLink => new HostSymlink(folder, name, status),
            _ => new HostSpecialInode(folder, status),
        };

    private static bool IsMachineView(long magic) => magic is
        ProcMagic or SysMagic
        or 0x1cd1 // devpts
        or 0x27e0eb or 0x63677270 // cgroup
        or 0x64626720 or 0x74726163 or 0x73636673 // debugfs, tracefs, securityfs
        or 0xcafe4a11 // bpf
        or 0x6e736673; // nsfs
}
