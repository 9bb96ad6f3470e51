using static Dilaton.Guest.TerminalRequest;

namespace Dilaton.Guest;

/// <summary>An open <c>/dev/ptmx</c>: the master of a pseudoterminal of its own.</summary>
internal sealed class MasterFile(
    Inode inode, PseudoTerminal line, NodeFileSystem files, int flags, string path)
    : OpenFile(inode, flags, path)
{
    public override bool IsPollable => true;

    public override ReadySource? ReadReady => line.MasterRead;

    public override ReadySource? WriteReady => line.MasterWrite;

    public override long Read(Span<byte> destination) => line.TakeOutput(destination);

    public override long Write(ReadOnlySpan<byte> source) => line.Type(source);

    public override PollEvents Poll()
    {
        bool hasStatus = line.Packets is { IsOn: true, Status: not 0 };
        PollEvents events = PollEvents.None;
        events |= line.OutputCount > 0 || hasStatus
            ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        events |= hasStatus ? PollEvents.Priority : PollEvents.None;
        events |= line.MasterHasRoom ? PollEvents.Out | PollEvents.WriteNormal : PollEvents.None;
        return events | (line.IsSlaveClosed ? PollEvents.HangUp : PollEvents.None);
    }

    public override long Control(SystemCallContext call, uint request, ulong argument)
    {
        switch (request)
        {
            case TIOCGPTN:
                return Put(call, argument, line.Number);
            case TIOCSPTLCK:
                if (!call.Memory.TryRead(argument, out int isLocked))
                {
                    return -Errno.EFAULT;
                }

                line.IsLocked = isLocked != 0;
                return 0;
            case TIOCGPTLCK:
                return Put(call, argument, line.IsLocked ? 1 : 0);
            case TIOCGPTPEER:
                return OpenPeer(call, unchecked((int)argument));
            case TIOCPKT:
                if (!call.Memory.TryRead(argument, out int isOn))
                {
                    return -Errno.EFAULT;
                }

                line.Packets.Switch(isOn != 0);
                return 0;
            case TIOCGPKT:
                return Put(call, argument, line.Packets.IsOn ? 1 : 0);
            case TIOCSIG:
                return SendSignal(unchecked((int)argument));
            case FIONREAD:
                return Put(call, argument, line.OutputCount);
            case TIOCOUTQ:
                return Put(call, argument, 0);
            case TCFLSH:
                return TerminalControl.Flush(
                    call, line, files.Jobs, line.DropOutput, line.DropArriving);
            default:
                return TerminalControl.Handle(call, line, files.Jobs, isMaster: true);
        }
    }

    protected override void Closed() => line.HangUp();

    private static long Put(SystemCallContext call, ulong argument, int value) =>
        call.Memory.TryWrite(argument, value) ? 0 : -Errno.EFAULT;

    private long SendSignal(int signal)
    {
        if (signal is not (Signal.SIGINT or Signal.SIGQUIT or Signal.SIGTSTP))
        {
            return -Errno.EINVAL;
        }

        files.Jobs?.SignalForeground(line, signal);
        return 0;
    }

    /// <summary>The slave without its name, which may lie elsewhere.</summary>
    private long OpenPeer(SystemCallContext call, int openFlags)
    {
        int error = files.Terminals.TryOpenSlave(line, openFlags, out OpenFile? slave);
        return error != 0 ? -error : files.GetProcess(call.ProcessId).AddFile(slave!, openFlags);
    }
}
