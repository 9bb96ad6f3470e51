using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary><c>/dev/pts/N</c>.</summary>
internal sealed class SlaveInode : Inode
{
    /// <summary>The group tty, which devpts is mounted with.</summary>
    private const uint TerminalGroup = 5;

    private readonly PseudoTerminal _line;
    private readonly NodeFileSystem _files;
    private uint _mode = FileModes.CharacterDevice | 0x190;

    public SlaveInode(
        FileVolume volume, InodeRecord record, PseudoTerminal line, NodeFileSystem files)
        : base(volume)
    {
        (Record, _line, _files) = (record, line, files);
        record.GroupId = TerminalGroup;
    }

    public override InodeRecord Record { get; }

    public override uint Mode => _mode;

    public override FileStatus GetStatus() =>
        Record.ToStatus(Volume, Mode, 1, 0, _line.Device);

    public override int ChangeMode(uint permissions)
    {
        _mode = (_mode & FileModes.TypeMask) | (permissions & FileModes.PermissionMask);
        Record.MarkChanged();
        return 0;
    }

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        int error = _line.TryOpen(this, flags & ~HostOpen.Truncate, path, out file);
        bool mayRead = (flags & HostOpen.AccessMask) != HostOpen.WriteOnly;
        if (error == 0 && mayRead && (flags & HostOpen.NoControllingTerminal) == 0)
        {
            _files.Jobs?.Opened(_files.CallingProcessId, _line);
        }

        return error;
    }
}
