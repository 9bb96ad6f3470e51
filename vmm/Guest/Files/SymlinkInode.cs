using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>A symbolic link; its text is resolved in the guest's tree, never by the host.
/// </summary>
internal abstract class SymlinkInode(FileVolume volume) : Inode(volume)
{
    public override uint Mode => FileModes.SymbolicLink | 0x1ff;

    /// <returns>0 or a positive errno.</returns>
    public abstract int ReadTarget(out string target);

    /// <summary>Set for the links below <c>/proc/self</c> that lead to a file whatever their text
    /// says.</summary>
    public virtual bool TryJump(out int error, out Inode? target)
    {
        error = 0;
        target = null;
        return false;
    }

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        return Errno.ELOOP;
    }
}
