using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dilaton.Guest;

/// <summary><c>/proc/PID/fd</c>, whose links lead to the open files themselves, and
/// <c>/proc/PID/fdinfo</c>.</summary>
internal sealed class DescriptorDirectory(
    ViewVolume volume, DirectoryInode parent, string name, int processId, NodeFileSystem files)
    : ViewDirectory(volume, parent, name)
{
    private const int LinkSlots = 1 << 22;

    private readonly bool _isInfo = name == "fdinfo";

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        bool isNumber = int.TryParse(
            child, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor);
        if (!isNumber || Find(descriptor) is null)
        {
            return Errno.ENOENT;
        }

        InodeRecord record = CreateRecord(descriptor);
        inode = _isInfo
            ? new TextInode(View, record, () => Describe(descriptor), 0x100)
            : new ViewSymlink(
                View,
                record,
                () => Find(descriptor) is { } file ? NameOf(file) : "",
                () => Find(descriptor)?.Inode);
        return 0;
    }

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        entries = [];
        if (files.TryGetProcess(processId, out ProcessFiles? process))
        {
            uint mode = _isInfo ? FileModes.Regular : FileModes.SymbolicLink;
            foreach (int descriptor in process.Descriptors.Open())
            {
                entries.Add(new DirectoryEntry(
                    descriptor.ToString(CultureInfo.InvariantCulture),
                    CreateRecord(descriptor).Number,
                    mode));
            }
        }

        return 0;
    }

    private InodeRecord CreateRecord(int descriptor) =>
        View.CreateRecord(processId, (_isInfo ? 2 * LinkSlots : LinkSlots) + descriptor);

    private OpenFile? Find(int descriptor) =>
        files.TryGetProcess(processId, out ProcessFiles? process)
        && process.Descriptors.TryGet(descriptor, out OpenFile? file)
            ? file
            : null;

    /// <summary>The path at which it was opened, and whether the file has a name still.</summary>
    private static string NameOf(OpenFile file)
    {
        const string Deleted = " (deleted)";
        bool isGone = (file.Inode.IsRegular || file.Inode.IsDirectory)
            && file.GetStatus().LinkCount == 0
            && !file.Path.EndsWith(Deleted, StringComparison.Ordinal);
        return isGone ? file.Path + Deleted : file.Path;
    }

    private string Describe(int descriptor)
    {
        if (Find(descriptor) is not { } file)
        {
            return "";
        }

        long position = file is SeekableFile ? file.Seek(0, 1) : 0;
        string flags = Convert.ToString(file.GetVisibleFlags(), 8);
        ulong device = DeviceNumbers.Minor(file.Inode.Volume.Device);
        ulong inode = file.Inode.Record.Number;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"pos:\t{position}\nflags:\t0{flags}\nmnt_id:\t{device}\nino:\t{inode}\n");
    }
}
