using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary><c>/dev/tty</c>: the terminal of the calling process's session.</summary>
internal sealed class ControllingTerminal(
    FileVolume volume, InodeRecord record, NodeFileSystem files) : Inode(volume)
{
    private const uint ControlMajor = 5;

    public override InodeRecord Record { get; } = record;

    public override uint Mode => FileModes.CharacterDevice | 0x1b6;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, 0, DeviceNumbers.Encode(ControlMajor, 0));

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        TerminalLine? line = files.Jobs is { } jobs
            ? jobs.TerminalOf(files.CallingProcessId)
            : files.Standard.Line;
        return line?.TryOpen(this, flags, path, out file) ?? Errno.ENXIO;
    }
}
