using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dilaton.Guest;

/// <summary><c>/dev/pts</c>: the terminals that there are.</summary>
internal sealed class TerminalDirectory : ViewDirectory
{
    public const long Magic = 0x1cd1;

    private readonly NodeFileSystem _files;

    public TerminalDirectory(
        ViewVolume volume, DirectoryInode parent, string name, NodeFileSystem files)
        : base(volume, parent, name)
    {
        _files = files;
        files.Terminals.Volume = volume;
        Add("ptmx", new MasterInode(volume, volume.CreateRecord(), files));
        if (files.Standard.Controlling is { } terminal)
        {
            Add("0", terminal);
        }
    }

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode)
    {
        bool isNumber = int.TryParse(
            child, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (isNumber && _files.Terminals.TryFind(number, out SlaveInode? slave))
        {
            inode = slave;
            return 0;
        }

        return base.LookupHere(child, out inode);
    }

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        int error = base.ListHere(out entries);
        foreach ((int number, SlaveInode slave) in _files.Terminals.Slaves)
        {
            entries.Add(new DirectoryEntry(
                number.ToString(CultureInfo.InvariantCulture), slave.Record.Number, slave.Mode));
        }

        return error;
    }
}
