namespace Dilaton.Guest;

/// <summary>Who has which terminal, and what terminals do to their jobs.</summary>
internal sealed class JobControl(GuestKernel kernel)
{
    /// <summary>The terminal that controls the process's session; null: none.</summary>
    public TerminalLine? TerminalOf(int processId) => Find(processId)?.Terminal;

    /// <summary>A process of the background may not read, or change what the terminal is like: its
    /// group is stopped.</summary>
    /// <param name="signal">SIGTTIN or SIGTTOU.</param>
    /// <returns>0, or ERESTARTSYS once the signal is sent, or EIO if that can't be.</returns>
    public int CheckChange(SystemCallContext call, TerminalLine line, int signal)
    {
        KernelCall caller = (KernelCall)call;
        GuestProcess process = caller.Process;
        if (process.Terminal != line || line.ForegroundGroup == 0
            || process.GroupId == line.ForegroundGroup)
        {
            return 0;
        }

        bool isIgnored = (caller.Thread.Signals.Blocked & Signal.Bit(signal)) != 0
            || process.Signals.Action(signal).Ignores(signal);
        if (isIgnored)
        {
            return signal == Signal.SIGTTIN ? Errno.EIO : 0;
        }

        if (kernel.Processes.IsOrphaned(process.GroupId))
        {
            return Errno.EIO;
        }

        SignalGroup(process.GroupId, signal);
        return Errno.ERESTARTSYS;
    }

    /// <summary>Reads and writes of a terminal by its jobs.</summary>
    public int CheckTransfer(SystemCallContext call, TerminalLine line, bool isRead) =>
        isRead ? CheckChange(call, line, Signal.SIGTTIN)
        : line.Settings.HasLocal(TerminalFlags.TOSTOP) ? CheckChange(call, line, Signal.SIGTTOU)
        : 0;

    public void SignalForeground(TerminalLine line, int signal) =>
        SignalGroup(line.ForegroundGroup, signal);

    /// <summary>A leader without a terminal gets the first one that it opens.</summary>
    public void Opened(int processId, TerminalLine line)
    {
        if (Find(processId) is { Terminal: null } process && process.Id == process.SessionId
            && line.SessionId == 0)
        {
            Give(process, line);
        }
    }

    /// <summary>TIOCSCTTY.</summary>
    public long Acquire(int processId, TerminalLine line)
    {
        GuestProcess process = Find(processId)!;
        bool isLeader = process.Id == process.SessionId;
        if (isLeader && line.SessionId == process.SessionId)
        {
            return 0;
        }

        if (!isLeader || process.Terminal is not null || line.SessionId != 0)
        {
            return -Errno.EPERM;
        }

        Give(process, line);
        return 0;
    }

    /// <summary>TIOCNOTTY: a leader's whole session loses it.</summary>
    public long Release(int processId)
    {
        GuestProcess process = Find(processId)!;
        if (process.Id == process.SessionId)
        {
            TakeFromSession(process, isEnding: false);
        }

        process.Terminal = null;
        return 0;
    }

    /// <summary>TIOCSPGRP.</summary>
    public long SetForeground(int processId, TerminalLine line, int group)
    {
        GuestProcess process = Find(processId)!;
        if (process.Terminal != line || line.SessionId != process.SessionId)
        {
            return -Errno.ENOTTY;
        }

        if (group < 0)
        {
            return -Errno.EINVAL;
        }

        GuestProcess? member = kernel.Processes.All.FirstOrDefault(p => p.GroupId == group);
        if (member is null || member.SessionId != process.SessionId)
        {
            return member is null ? -Errno.ESRCH : -Errno.EPERM;
        }

        line.ForegroundGroup = group;
        return 0;
    }

    /// <summary>The other end of a terminal has gone: the leader of its session is hung up, and once
    /// that ends the group that was in the foreground.</summary>
    public void HangUp(TerminalLine line)
    {
        foreach (GuestProcess process in kernel.Processes.Living.ToArray())
        {
            if (process.Terminal != line)
            {
                continue;
            }

            process.Terminal = null;
            if (process.Id == process.SessionId)
            {
                process.HungUpGroup = line.ForegroundGroup;
                kernel.Signals.Send(process, SignalInfo.FromKernel(Signal.SIGHUP));
                kernel.Signals.Send(process, SignalInfo.FromKernel(Signal.SIGCONT));
            }
        }

        (line.SessionId, line.ForegroundGroup) = (0, 0);
    }

    /// <summary>A process ends, whose files are closed: a leader's terminal is free.</summary>
    public void Ended(GuestProcess process)
    {
        if (process.Id == process.SessionId)
        {
            TakeFromSession(process, isEnding: true);
        }
    }

    private void TakeFromSession(GuestProcess leader, bool isEnding)
    {
        if (leader.Terminal is not { } line)
        {
            int group = isEnding ? leader.HungUpGroup : 0;
            SignalGroup(group, Signal.SIGHUP);
            SignalGroup(group, Signal.SIGCONT);
            return;
        }

        int foreground = line.ForegroundGroup;
        (line.SessionId, line.ForegroundGroup) = (0, 0);
        foreach (GuestProcess process in kernel.Processes.All)
        {
            process.Terminal = process.Terminal == line ? null : process.Terminal;
        }

        SignalGroup(foreground, Signal.SIGHUP);
        if (!isEnding)
        {
            SignalGroup(foreground, Signal.SIGCONT);
        }
    }

    private static void Give(GuestProcess process, TerminalLine line)
    {
        process.Terminal = line;
        (line.SessionId, line.ForegroundGroup) = (process.SessionId, process.GroupId);
    }

    private GuestProcess? Find(int processId) =>
        kernel.Processes.TryFind(processId, out GuestProcess? process) ? process : null;

    private void SignalGroup(int group, int signal)
    {
        if (group == 0)
        {
            return;
        }

        foreach (GuestProcess process in kernel.Processes.LivingOfGroup(group))
        {
            kernel.Signals.Send(process, SignalInfo.FromKernel(signal));
        }
    }
}
