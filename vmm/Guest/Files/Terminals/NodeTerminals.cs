using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The pseudoterminals of a node, by number.</summary>
/// <param name="first">Lower ones are taken: 0 is that of the standard streams.</param>
internal sealed class NodeTerminals(NodeFileSystem files, int first)
{
    /// <summary>As <c>/proc/sys/kernel/pty/max</c>.</summary>
    private const int CountMax = 4096;

    private readonly SortedDictionary<int, SlaveInode> _slaves = [];

    /// <summary>Where their names are; set when that is mounted.</summary>
    public FileVolume? Volume { get; set; }

    public IEnumerable<KeyValuePair<int, SlaveInode>> Slaves => _slaves;

    public bool TryFind(int number, [NotNullWhen(true)] out SlaveInode? slave) =>
        _slaves.TryGetValue(number, out slave);

    /// <summary>Opens <c>/dev/ptmx</c>.</summary>
    public int TryOpenMaster(Inode inode, int flags, string path, out OpenFile? file)
    {
        file = null;
        int number = first;
        while (_slaves.ContainsKey(number))
        {
            number++;
        }

        if (number - first >= CountMax || Volume is null)
        {
            return Errno.ENOSPC;
        }

        PseudoTerminal line = new(files, number);
        _slaves.Add(number, new SlaveInode(Volume, Volume.CreateNodeRecord(), line, files));
        file = new MasterFile(inode, line, files, flags, path);
        return 0;
    }

    public int TryOpenSlave(PseudoTerminal line, int flags, out OpenFile? file) =>
        _slaves[line.Number].TryOpen(flags & ~HostOpen.Truncate, $"/dev/pts/{line.Number}", out file);

    public void Remove(PseudoTerminal line) => _slaves.Remove(line.Number);
}
