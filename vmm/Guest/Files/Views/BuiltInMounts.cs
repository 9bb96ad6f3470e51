namespace Dilaton.Guest;

/// <summary>Mounts what every Linux machine has beside its disks: <c>/proc</c>, <c>/sys</c>,
/// <c>/dev</c> and memory file systems. A grant for the same place has precedence.</summary>
internal sealed class BuiltInMounts(NodeFileSystem files)
{
    private const uint StickyShared = 0x3ff;

    public void MountAll()
    {
        MountTable mounts = files.Mounts;
        ViewVolume proc = CreateVolume("proc", FileVolume.ProcMagic, isReadOnly: false);
        mounts.Mount("/proc", proc, (parent, name) =>
            new ProcRoot(proc, parent, name, files));
        ViewVolume sys = CreateVolume("sysfs", FileVolume.SysMagic, isReadOnly: true);
        mounts.Mount("/sys", sys, (parent, name) =>
            SysTree.Create(sys, parent, name, files.Options.Machine));
        ViewVolume dev = CreateVolume("devtmpfs", FileVolume.TmpMagic, isReadOnly: false);
        mounts.Mount("/dev", dev, (parent, name) => DeviceTree.Create(dev, parent, name, files));
        MountMemory("/dev/shm");
        if (files.Options.HasInMemoryTmp)
        {
            MountMemory("/tmp");
        }
    }

    private ViewVolume CreateVolume(string kind, long magic, bool isReadOnly) =>
        new(kind, files.Mounts.NextVirtualDevice(), magic, isReadOnly, files.Clock);

    private void MountMemory(string path)
    {
        TmpVolume volume = new("tmpfs", files.Mounts.NextVirtualDevice(), false, files.Clock);
        files.Mounts.Mount(path, volume, (parent, name) =>
            new TmpDirectory(volume, parent, name, StickyShared));
    }
}
