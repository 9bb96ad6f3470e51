namespace Dilaton.Guest;

/// <summary>A symbolic link in memory.</summary>
internal sealed class TmpSymlink : SymlinkInode
{
    private readonly string _target;

    public TmpSymlink(TmpVolume volume, string target)
        : base(volume)
    {
        _target = target;
        Record = volume.CreateRecord();
        Record.MarkCreated();
    }

    public override InodeRecord Record { get; }

    public uint LinkCount { get; set; } = 1;

    public override FileStatus GetStatus() =>
        Record.ToStatus(Volume, Mode, LinkCount, _target.Length);

    public override int ReadTarget(out string target)
    {
        target = _target;
        return 0;
    }
}
