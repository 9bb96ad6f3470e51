using static Dilaton.Guest.TerminalRequest;

namespace Dilaton.Guest;

/// <summary>An open slave of a pseudoterminal, a program's terminal.</summary>
internal sealed class SlaveFile : OpenFile
{
    private readonly PseudoTerminal _line;
    private readonly NodeFileSystem _files;

    public SlaveFile(
        Inode inode, PseudoTerminal line, NodeFileSystem files, int flags, string path)
        : base(inode, flags, path)
    {
        (_line, _files) = (line, files);
        line.OpenSlave();
    }

    public PseudoTerminal Line => _line;

    public override TerminalLine? JobTerminal => _line;

    public override bool IsPollable => true;

    public override ReadySource? ReadReady => _line.SlaveRead;

    public override ReadySource? WriteReady => _line.SlaveWrite;

    public override long Read(Span<byte> destination) =>
        _line.IsHungUp || destination.IsEmpty ? 0
        : !_line.Discipline.IsReadable ? -Errno.EAGAIN
        : _line.Take(destination);

    public override long Write(ReadOnlySpan<byte> source) => _line.Write(source);

    public override PollEvents Poll()
    {
        const PollEvents Reading = PollEvents.In | PollEvents.ReadNormal;
        const PollEvents Writing = PollEvents.Out | PollEvents.WriteNormal;
        if (_line.IsHungUp)
        {
            return Reading | Writing | PollEvents.Error | PollEvents.HangUp;
        }

        TerminalSettings settings = _line.Settings;
        int least = settings.IsCanonical || settings.ControlCharacter(TerminalFlags.VTIME) != 0
            ? 1 : settings.ControlCharacter(TerminalFlags.VMIN);
        bool isReadable = settings.IsCanonical
            ? _line.Discipline.IsReadable
            : _line.Discipline.Line.Count >= Math.Max(1, least);
        return (isReadable ? Reading : PollEvents.None)
            | (_line.SlaveHasRoom ? Writing : PollEvents.None);
    }

    public override long Control(SystemCallContext call, uint request, ulong argument)
    {
        if (_line.IsHungUp)
        {
            return request == TIOCSPGRP ? -Errno.ENOTTY : -Errno.EIO;
        }

        return request switch
        {
            FIONREAD => call.Memory.TryWrite(argument, _line.Discipline.ReadableBytes)
                ? 0 : -Errno.EFAULT,
            TIOCOUTQ => call.Memory.TryWrite(argument, 0) ? 0 : -Errno.EFAULT,
            TCFLSH => TerminalControl.Flush(
                call, _line, _files.Jobs, _line.FlushInput, _line.FlushOutput),
            _ => TerminalControl.Handle(call, _line, _files.Jobs, isMaster: false),
        };
    }

    protected override void Closed() => _line.CloseSlave();
}
