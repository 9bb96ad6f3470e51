namespace Dilaton.Guest;

/// <summary>A generated symbolic link, such as <c>/proc/self</c>.</summary>
/// <param name="jump">For a link that leads to a file whatever its text says.</param>
internal sealed class ViewSymlink(
    FileVolume volume, InodeRecord record, Func<string> read, Func<Inode?>? jump = null)
    : SymlinkInode(volume)
{
    public override InodeRecord Record { get; } = record;

    public override FileStatus GetStatus() => Record.ToStatus(Volume, Mode, 1, 0);

    public override int ReadTarget(out string target)
    {
        target = read();
        return target.Length == 0 ? Errno.ENOENT : 0;
    }

    public override bool TryJump(out int error, out Inode? target)
    {
        target = jump?.Invoke();
        error = target is null ? Errno.ENOENT : 0;
        return jump is not null;
    }
}
