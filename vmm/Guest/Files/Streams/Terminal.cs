using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The terminal that a node's standard streams are, if the host's are one. Its settings are
/// kept and given back and change nothing of the host's, which edits and echoes lines as it is set
/// to.</summary>
internal sealed class Terminal : TerminalLine
{
    private const int StandardNumber = 0;

    private readonly NodeFileSystem _files;

    public Terminal(TerminalOptions options, NodeFileSystem files)
        : base(StandardNumber)
    {
        _files = files;
        WindowSize = options.Rows | ((ulong)options.Columns << 16);
    }

    public override TerminalSettings Settings { get; } = new();

    /// <summary>What it opens as.</summary>
    public StreamInode? Stream { get; set; }

    public override void SetSettings(ReadOnlySpan<byte> termios) => Settings.Parse(termios);

    public override int TryOpen(Inode inode, int flags, string path, out OpenFile? file)
    {
        file = null;
        return Stream?.TryOpen(flags & ~HostOpen.Truncate, path, out file) ?? Errno.EIO;
    }

    public long Control(SystemCallContext call, uint request) =>
        request == TerminalRequest.TCFLSH
            ? TerminalControl.Flush(call, this, _files.Jobs, FlushInput, FlushOutput)
            : TerminalControl.Handle(call, this, _files.Jobs, isMaster: false);
}
