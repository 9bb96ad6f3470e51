namespace Dilaton.Guest;

/// <summary>What every Linux machine has beside its disks: <c>/proc</c>, <c>/sys</c>,
/// <c>/dev</c> and memory file systems.</summary>
internal sealed class BuiltInMounts(NodeFileSystem files)
{
    private const uint StickyShared = 0x3ff;

    public List<PlannedMount> Plan()
    {
        ViewVolume proc = CreateVolume("proc", FileVolume.ProcMagic, isReadOnly: false);
        ViewVolume sys = CreateVolume("sysfs", FileVolume.SysMagic, isReadOnly: true);
        ViewVolume dev = CreateVolume("devtmpfs", FileVolume.TmpMagic, isReadOnly: false);
        ViewVolume terminals =
            CreateVolume("devpts", TerminalDirectory.Magic, isReadOnly: false);
        List<PlannedMount> mounts =
        [
            new("/proc", proc, (parent, name) => new ProcRoot(proc, parent, name, files)),
            new("/sys", sys, (parent, name) =>
                SysTree.Create(
                    sys, parent, name, files.Options.Machine, files.Network?.Stack)),
            new("/dev", dev, (parent, name) => DeviceTree.Create(dev, parent, name, files)),
            new("/dev/pts", terminals, (parent, name) =>
                new TerminalDirectory(terminals, parent, name, files)),
            PlanMemory("/dev/shm"),
        ];
        if (files.Options.HasInMemoryTmp)
        {
            mounts.Add(PlanMemory("/tmp"));
        }

        return mounts;
    }

    /// <summary>Covers the files by which nodes are found.</summary>
    public void MountNames()
    {
        if (files.Network is { } network)
        {
            ViewVolume names = CreateVolume("tmpfs", FileVolume.TmpMagic, isReadOnly: true);
            NameFiles.Mount(files.Mounts, names, network);
        }
    }

    private ViewVolume CreateVolume(string kind, long magic, bool isReadOnly) =>
        new(kind, files.Mounts.NextVirtualDevice(), magic, isReadOnly, files.Clock);

    private PlannedMount PlanMemory(string path)
    {
        TmpVolume volume = new("tmpfs", files.Mounts.NextVirtualDevice(), false, files.Clock);
        return new PlannedMount(path, volume, (parent, name) =>
            new TmpDirectory(volume, parent, name, StickyShared));
    }
}
