using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A symbolic link of a granted host tree: only its text is read.</summary>
internal sealed class HostSymlink(HostDirectory folder, string name, in HostFileStatus status)
    : SymlinkInode(folder.Volume)
{
    private readonly uint _linkCount = status.LinkCount;
    private readonly long _sizeBytes = (long)status.SizeBytes;

    public HostDirectory Folder { get; } = folder;

    public string Name { get; } = name;

    public override InodeRecord Record { get; } =
        ((HostVolume)folder.Volume).Inodes.Find(status);

    public override FileStatus GetStatus() =>
        Record.ToStatus(Volume, Mode, _linkCount, _sizeBytes);

    public override int ReadTarget(out string target)
    {
        target = "";
        int error = Folder.TryGetHandle(out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        Span<byte> buffer = stackalloc byte[PathResolver.PathLengthMax];
        int length = HostFiles.ReadLinkAt(handle, Name, buffer);
        if (length < 0)
        {
            return -length;
        }

        target = ByteText.FromBytes(buffer[..length]);
        return 0;
    }
}
