using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>timerfd_create(2) and its settings.</summary>
internal sealed class TimerCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int RealTime = 0;
    private const int Monotonic = 1;
    private const int BootTime = 7;
    private const int RealTimeAlarm = 8;
    private const int BootTimeAlarm = 9;
    private const int AbsoluteFlag = 1;
    private const int CancelOnSetFlag = 2;

    public override void Register(SystemCallTable table)
    {
        table.Add(283, "timerfd_create", KernelCostClass.File, Create);
        table.Add(286, "timerfd_settime", KernelCostClass.Wait, Set);
        table.Add(287, "timerfd_gettime", KernelCostClass.Trivial, Get);
    }

    private SystemCallResult Create(SystemCallContext call)
    {
        int clock = call.Int32Argument(0);
        int flags = call.Int32Argument(1);
        if (clock is not (RealTime or Monotonic or BootTime or RealTimeAlarm or BootTimeAlarm)
            || (flags & ~(HostOpen.CloseOnExec | HostOpen.NonBlocking)) != 0)
        {
            return -Errno.EINVAL;
        }

        AnonymousInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        TimerFile file = new(
            inode,
            HostOpen.ReadWrite | (flags & HostOpen.NonBlocking),
            clock is RealTime or RealTimeAlarm,
            Files.Clock,
            Files.Events);
        return AddDescriptor(GetProcess(call), file, (flags & HostOpen.CloseOnExec) != 0);
    }

    private SystemCallResult Set(SystemCallContext call)
    {
        int flags = call.Int32Argument(1);
        if ((flags & ~(AbsoluteFlag | CancelOnSetFlag)) != 0)
        {
            return -Errno.EINVAL;
        }

        ulong address = call.Argument(2);
        int error = TimeArguments.TryReadTimespec(call, address, out VirtualDuration interval);
        VirtualDuration value = default;
        if (error == 0)
        {
            error = TimeArguments.TryReadTimespec(call, address + 16, out value);
        }

        if (error == 0)
        {
            error = TryGetTimer(call, out TimerFile? timer);
            if (error == 0)
            {
                return Set(call, timer!, (flags & AbsoluteFlag) != 0, interval, value);
            }
        }

        return -error;
    }

    private static long Set(
        SystemCallContext call,
        TimerFile timer,
        bool isAbsolute,
        VirtualDuration interval,
        VirtualDuration value)
    {
        ulong old = call.Argument(3);
        if (old != 0 && !TryWriteSetting(call, old, timer))
        {
            return -Errno.EFAULT;
        }

        VirtualTime? first = null;
        if (value != VirtualDuration.Zero)
        {
            first = TimeArguments.ToDeadline(call.Now, value);
            if (isAbsolute)
            {
                int error = TimeArguments.TryReadInstant(
                    call, call.Argument(2) + 16, timer.OriginSeconds, out first);
                Invariant.Require(error == 0);
            }
        }

        timer.Set(first, interval);
        return 0;
    }

    private SystemCallResult Get(SystemCallContext call)
    {
        int error = TryGetTimer(call, out TimerFile? timer);
        return error != 0 ? -error
            : TryWriteSetting(call, call.Argument(1), timer!) ? 0 : -Errno.EFAULT;
    }

    private int TryGetTimer(SystemCallContext call, out TimerFile? timer)
    {
        timer = null;
        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return Errno.EBADF;
        }

        timer = file as TimerFile;
        return timer is null ? Errno.EINVAL : 0;
    }

    private static bool TryWriteSetting(SystemCallContext call, ulong address, TimerFile timer) =>
        TimeArguments.TryWriteTimespec(call, address, timer.Interval)
        && TimeArguments.TryWriteTimespec(call, address + 16, timer.GetRemaining());
}
