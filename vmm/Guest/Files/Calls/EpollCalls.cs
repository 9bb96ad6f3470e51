using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>epoll(7).</summary>
internal sealed class EpollCalls(NodeFileSystem files) : FileCallGroup(files)
{
    /// <summary><c>struct epoll_event</c> is packed on x86-64.</summary>
    private const int EventSizeBytes = 12;
    private const int CountMax = int.MaxValue / EventSizeBytes;

    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int ModifyOperation = 3;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Wait;
        table.Add(213, "epoll_create", Cost, call =>
            call.Int32Argument(0) <= 0 ? -Errno.EINVAL : Create(call, 0));
        table.Add(291, "epoll_create1", Cost, call => Create(call, call.Int32Argument(0)));
        table.Add(233, "epoll_ctl", Cost, Control);
        table.Add(232, "epoll_wait", Cost, call => Wait(call, isPrecise: false));
        table.Add(281, "epoll_pwait", Cost, call => WaitWithMask(call, isPrecise: false));
        table.Add(441, "epoll_pwait2", Cost, call => WaitWithMask(call, isPrecise: true));
    }

    private SystemCallResult Create(SystemCallContext call, int flags)
    {
        if ((flags & ~HostOpen.CloseOnExec) != 0)
        {
            return -Errno.EINVAL;
        }

        AnonymousInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        EpollFile file = new(inode, HostOpen.ReadWrite);
        return AddDescriptor(GetProcess(call), file, flags != 0);
    }

    private SystemCallResult Control(SystemCallContext call)
    {
        int operation = call.Int32Argument(1);
        Span<byte> bytes = stackalloc byte[EventSizeBytes];
        if (operation != RemoveOperation && !call.Memory.TryRead(call.Argument(3), bytes))
        {
            return -Errno.EFAULT;
        }

        if (!TryGetUsable(call, 0, out OpenFile? open)
            || !TryGetUsable(call, 2, out OpenFile? watched))
        {
            return -Errno.EBADF;
        }

        if (!watched.IsPollable)
        {
            return -Errno.EPERM;
        }

        if (open is not EpollFile epoll || ReferenceEquals(open, watched))
        {
            return -Errno.EINVAL;
        }

        uint events = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        ulong data = BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]);
        int descriptor = call.Int32Argument(2);
        return operation switch
        {
            AddOperation => -epoll.Add(descriptor, watched, events, data),
            ModifyOperation => -epoll.Modify(descriptor, watched, events, data),
            RemoveOperation => -epoll.Remove(descriptor, watched),
            _ => -Errno.EINVAL,
        };
    }

    private SystemCallResult WaitWithMask(SystemCallContext call, bool isPrecise)
    {
        int error = call.IsRetry
            ? 0
            : call.ReplaceSignalMask(call.Argument(4), call.Argument(5));
        return error != 0 ? -error : Wait(call, isPrecise);
    }

    private SystemCallResult Wait(SystemCallContext call, bool isPrecise)
    {
        PendingCall pending = Files.GetPending(call);
        if (!call.IsRetry)
        {
            int error = TryReadDeadline(call, isPrecise, pending);
            if (error != 0)
            {
                return -error;
            }
        }

        int countMax = call.Int32Argument(2);
        if (countMax is <= 0 or > CountMax)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetUsable(call, 0, out OpenFile? open))
        {
            return -Errno.EBADF;
        }

        if (open is not EpollFile epoll)
        {
            return -Errno.EINVAL;
        }

        bool isOver = call.TimedOut
            || (pending.Deadline is { } deadline && deadline <= call.Now);
        if (epoll.Poll() == PollEvents.None && !isOver)
        {
            List<WaitQueue> queues = [];
            epoll.AddQueues(queues);
            return SystemCallResult.Block(
                new WaitRequest(queues, pending.Deadline, "epoll_wait")
                {
                    WhenInterrupted = -Errno.ERESTARTNOHAND,
                });
        }

        return Report(call, epoll, countMax);
    }

    private static int TryReadDeadline(
        SystemCallContext call, bool isPrecise, PendingCall pending)
    {
        VirtualDuration wait;
        if (isPrecise)
        {
            ulong address = call.Argument(3);
            if (address == 0)
            {
                return 0;
            }

            int error = TimeArguments.TryReadTimespec(call, address, out wait);
            if (error != 0)
            {
                return error;
            }
        }
        else
        {
            int timeout = call.Int32Argument(3);
            if (timeout < 0)
            {
                return 0;
            }

            wait = VirtualDuration.FromMilliseconds((ulong)timeout);
        }

        pending.Deadline = TimeArguments.ToDeadline(call.Now, wait);
        return 0;
    }

    private static long Report(SystemCallContext call, EpollFile epoll, int countMax)
    {
        ulong address = call.Argument(1);
        if (!call.Memory.TryGetSpan(
            address, (ulong)countMax * EventSizeBytes, forWrite: true, out Span<byte> span)
            || span.Length < EventSizeBytes)
        {
            return epoll.Poll() == PollEvents.None ? 0 : -Errno.EFAULT;
        }

        List<(uint Events, ulong Data)> taken =
            epoll.Take(Math.Min(countMax, span.Length / EventSizeBytes));
        for (int i = 0; i < taken.Count; i++)
        {
            Span<byte> record = span.Slice(i * EventSizeBytes, EventSizeBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(record, taken[i].Events);
            BinaryPrimitives.WriteUInt64LittleEndian(record[4..], taken[i].Data);
        }

        call.Memory.Commit(address, (ulong)(taken.Count * EventSizeBytes), isStore: true);
        return taken.Count;
    }
}
