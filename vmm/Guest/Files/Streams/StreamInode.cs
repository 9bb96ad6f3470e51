using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A standard stream as a file: a terminal, or else one end of a pipe.</summary>
internal sealed class StreamInode(
    FileVolume volume,
    InodeRecord record,
    Terminal? terminal,
    IGuestInput? input,
    IGuestOutput? output)
    : Inode(volume)
{
    public override InodeRecord Record { get; } = record;

    public Terminal? Terminal { get; } = terminal;

    public IGuestInput? Input { get; } = input;

    public IGuestOutput? Output { get; } = output;

    public override uint Mode =>
        Terminal is null ? FileModes.Pipe | 0x180 : FileModes.CharacterDevice | 0x190;

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, 0, Terminal?.Device ?? 0);

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = new StreamFile(this, flags & ~HostOpen.Truncate, path);
        return 0;
    }
}
