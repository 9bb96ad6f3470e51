namespace Dilaton.Guest;

/// <summary>An open standard stream. Input is always ready: to wait for the host takes no virtual
/// time.</summary>
internal sealed class StreamFile(StreamInode inode, int flags, string path)
    : OpenFile(inode, flags, path)
{
    private readonly StreamInode _inode = inode;

    public override bool IsPollable => true;

    public override TerminalLine? JobTerminal => _inode.Terminal;

    public override long Read(Span<byte> destination) =>
        _inode.Input is null ? -Errno.EBADF : _inode.Input.Read(destination);

    public override long Write(ReadOnlySpan<byte> source)
    {
        if (_inode.Output is null)
        {
            return -Errno.EBADF;
        }

        _inode.Output.Write(source);
        return source.Length;
    }

    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.None;
        if (_inode.Input is not null)
        {
            events |= PollEvents.In | PollEvents.ReadNormal;
        }

        if (_inode.Output is not null)
        {
            events |= PollEvents.Out | PollEvents.WriteNormal;
        }

        return events;
    }

    public override long Control(SystemCallContext call, uint request, ulong argument) =>
        _inode.Terminal?.Control(call, request) ?? -Errno.ENOTTY;
}
