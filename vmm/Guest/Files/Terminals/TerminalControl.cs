using static Dilaton.Guest.TerminalRequest;

namespace Dilaton.Guest;

/// <summary>ioctl(2) that all terminals have.</summary>
internal static class TerminalControl
{
    /// <param name="jobs">Null in a machine without processes: nobody is in the background.</param>
    /// <param name="isMaster">Asked for from the other end, which is nobody's terminal.</param>
    /// <returns>A result, or -ENOTTY if it is none of them.</returns>
    public static long Handle(
        SystemCallContext call, TerminalLine line, JobControl? jobs, bool isMaster)
    {
        (uint request, ulong argument) = ((uint)call.Argument(1), call.Argument(2));
        switch (request)
        {
            case TCGETS or TCGETS2:
                return GetSettings(call, line, request, argument);
            case TCSETS or TCSETSW or TCSETSF or TCSETS2 or TCSETSW2 or TCSETSF2:
                return SetSettings(call, line, jobs, request, argument);
            case TIOCGWINSZ:
                return call.Memory.TryWrite(argument, line.WindowSize) ? 0 : -Errno.EFAULT;
            case TIOCSWINSZ:
                return SetWindowSize(call, line, jobs, argument);
            case TCSBRK or TCSBRKP:
                return -Check(call, line, jobs);
            case TCXONC:
                return ControlFlow(call, line, jobs, unchecked((int)argument));
            case TIOCGETD:
                return call.Memory.TryWrite(argument, 0) ? 0 : -Errno.EFAULT;
            case TIOCSETD:
                return !call.Memory.TryRead(argument, out int discipline) ? -Errno.EFAULT
                    : discipline == 0 ? 0 : -Errno.EINVAL;
            default:
                return jobs is null ? -Errno.ENOTTY
                    : HandleJobs(call, line, jobs, isMaster, request, argument);
        }
    }

    /// <summary>TCFLSH.</summary>
    /// <param name="input">Forgets what can be read at the end that asks.</param>
    /// <param name="output">Forgets what it has written.</param>
    public static long Flush(
        SystemCallContext call, TerminalLine line, JobControl? jobs, Action input, Action output)
    {
        const int Input = 0;
        const int Output = 1;
        const int Both = 2;
        int error = Check(call, line, jobs);
        int which = unchecked((int)call.Argument(2));
        if (error != 0 || which is < Input or > Both)
        {
            return error != 0 ? -error : -Errno.EINVAL;
        }

        if (which != Output)
        {
            input();
        }

        if (which != Input)
        {
            output();
        }

        return 0;
    }

    private static long HandleJobs(
        SystemCallContext call,
        TerminalLine line,
        JobControl jobs,
        bool isMaster,
        uint request,
        ulong argument)
    {
        bool isOwn = jobs.TerminalOf(call.ProcessId) == line;
        switch (request)
        {
            case TIOCSCTTY:
                return jobs.Acquire(call.ProcessId, line);
            case TIOCNOTTY:
                return !isOwn || isMaster ? -Errno.ENOTTY : jobs.Release(call.ProcessId);
            case TIOCGPGRP:
                return !isOwn && !isMaster ? -Errno.ENOTTY
                    : call.Memory.TryWrite(argument, line.ForegroundGroup) ? 0 : -Errno.EFAULT;
            case TIOCSPGRP:
                int error = jobs.CheckChange(call, line, Signal.SIGTTOU);
                return error != 0 ? error == Errno.EIO ? -Errno.ENOTTY : -error
                    : !call.Memory.TryRead(argument, out int group) ? -Errno.EFAULT
                    : jobs.SetForeground(call.ProcessId, line, group);
            case TIOCGSID:
                return (!isOwn && !isMaster) || line.SessionId == 0 ? -Errno.ENOTTY
                    : call.Memory.TryWrite(argument, line.SessionId) ? 0 : -Errno.EFAULT;
            default:
                return -Errno.ENOTTY;
        }
    }

    private static int Check(SystemCallContext call, TerminalLine line, JobControl? jobs) =>
        jobs?.CheckChange(call, line, Signal.SIGTTOU) ?? 0;

    private static long GetSettings(
        SystemCallContext call, TerminalLine line, uint request, ulong argument)
    {
        Span<byte> bytes = stackalloc byte[SizeOf(request)];
        line.Settings.Format(bytes);
        return call.Memory.TryWrite(argument, bytes) ? 0 : -Errno.EFAULT;
    }

    private static long SetSettings(
        SystemCallContext call, TerminalLine line, JobControl? jobs, uint request, ulong argument)
    {
        int error = Check(call, line, jobs);
        if (error != 0)
        {
            return -error;
        }

        Span<byte> bytes = stackalloc byte[SizeOf(request)];
        if (!call.Memory.TryRead(argument, bytes))
        {
            return -Errno.EFAULT;
        }

        if (request is TCSETSF or TCSETSF2)
        {
            line.FlushInput();
        }

        line.SetSettings(bytes);
        return 0;
    }

    private static int SizeOf(uint request) => request <= TCSETSF
        ? TerminalSettings.SizeBytes : TerminalSettings.ExtendedSizeBytes;

    private static long SetWindowSize(
        SystemCallContext call, TerminalLine line, JobControl? jobs, ulong argument)
    {
        if (!call.Memory.TryRead(argument, out ulong size))
        {
            return -Errno.EFAULT;
        }

        if (size != line.WindowSize)
        {
            line.WindowSize = size;
            jobs?.SignalForeground(line, Signal.SIGWINCH);
        }

        return 0;
    }

    private static long ControlFlow(
        SystemCallContext call, TerminalLine line, JobControl? jobs, int action)
    {
        const int ActionMax = 3;
        int error = Check(call, line, jobs);
        if (error != 0 || action is < 0 or > ActionMax)
        {
            return error != 0 ? -error : -Errno.EINVAL;
        }

        line.ControlFlow(action);
        return 0;
    }
}
