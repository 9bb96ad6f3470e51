using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>futex, set_robust_list, get_robust_list.</summary>
internal static class FutexSystemCalls
{
    private const int FUTEX_WAIT = 0;
    private const int FUTEX_WAKE = 1;
    private const int FUTEX_REQUEUE = 3;
    private const int FUTEX_CMP_REQUEUE = 4;
    private const int FUTEX_WAKE_OP = 5;
    private const int FUTEX_LOCK_PI = 6;
    private const int FUTEX_UNLOCK_PI = 7;
    private const int FUTEX_TRYLOCK_PI = 8;
    private const int FUTEX_LOCK_PI2 = 13;
    private const int FUTEX_WAIT_BITSET = 9;
    private const int FUTEX_WAKE_BITSET = 10;
    private const int FUTEX_PRIVATE_FLAG = 128;
    private const int FUTEX_CLOCK_REALTIME = 256;
    private const int RobustListHeadBytes = 24;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(
            202,
            "futex",
            KernelCostClass.Wait,
            Futex,
            "locks with priority inheritance are handed on in the order of waiting; "
            + "FUTEX_CMP_REQUEUE_PI: ENOSYS");
        table.AddKernel(449, "futex_waitv", KernelCostClass.Wait, FutexVectorCalls.Wait);
        table.AddKernel(273, "set_robust_list", KernelCostClass.Trivial, SetRobustList);
        table.AddKernel(274, "get_robust_list", KernelCostClass.Trivial, GetRobustList);
    }

    /// <summary>The identity of a futex word, the same through every mapping of a shared file.
    /// </summary>
    public static FutexKey KeyOf(GuestProcess process, ulong address)
    {
        if (process.Memory.TryFindArea(address, out MemoryArea area)
            && area.Kind == AreaKind.SharedFile
            && area.File is { } file)
        {
            return new FutexKey(
                -(long)file.DeviceId - 1, file.Inode, area.FileOffset + (address - area.Start));
        }

        return new FutexKey(process.Id, 0, address);
    }

    private static SystemCallResult Futex(KernelCall call)
    {
        int operation = call.Int32Argument(1) & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
        ulong address = call.Argument(0);
        bool isRealtime = (call.Int32Argument(1) & FUTEX_CLOCK_REALTIME) != 0;
        if ((isRealtime && operation is not (FUTEX_WAIT_BITSET or FUTEX_LOCK_PI2))
            || operation is not (FUTEX_LOCK_PI or FUTEX_UNLOCK_PI or FUTEX_TRYLOCK_PI
            or FUTEX_LOCK_PI2 or FUTEX_WAIT or FUTEX_WAKE or FUTEX_REQUEUE or FUTEX_CMP_REQUEUE
            or FUTEX_WAKE_OP or FUTEX_WAIT_BITSET or FUTEX_WAKE_BITSET))
        {
            return -Errno.ENOSYS;
        }

        if ((address & 3) != 0)
        {
            return -Errno.EINVAL;
        }

        FutexKey key = KeyOf(call.Process, address);
        return operation switch
        {
            FUTEX_LOCK_PI or FUTEX_LOCK_PI2 =>
                PiFutexCalls.Lock(call, key, false, isRealtime: operation == FUTEX_LOCK_PI),
            FUTEX_TRYLOCK_PI => PiFutexCalls.Lock(call, key, isTrying: true, isRealtime: false),
            FUTEX_UNLOCK_PI => PiFutexCalls.Unlock(call, key),
            FUTEX_WAIT => Wait(call, key, uint.MaxValue),
            FUTEX_WAIT_BITSET => Wait(call, key, (uint)call.Argument(5)),
            FUTEX_WAKE => Wake(call, key, uint.MaxValue),
            FUTEX_WAKE_BITSET => Wake(call, key, (uint)call.Argument(5)),
            FUTEX_WAKE_OP => WakeOperation(call, key),
            _ => Requeue(call, key, compares: operation == FUTEX_CMP_REQUEUE),
        };
    }

    private static SystemCallResult Wait(KernelCall call, FutexKey key, uint bits)
    {
        if (call.Thread.FutexWait is { } waiter)
        {
            return Resume(call, waiter);
        }

        if (bits == 0)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetDeadline(call, out VirtualTime? deadline, out int error))
        {
            return -error;
        }

        if (!call.Memory.TryRead(call.Argument(0), out uint value))
        {
            return -Errno.EFAULT;
        }

        if (value != (uint)call.Argument(2))
        {
            return -Errno.EAGAIN;
        }

        waiter = new FutexWaiter(key, bits, deadline);
        call.Thread.FutexWait = waiter;
        call.Kernel.Futexes.Add(waiter);
        return Block(call, waiter);
    }

    private static SystemCallResult Block(KernelCall call, FutexWaiter waiter) =>
        SystemCallResult.Block(new WaitRequest(
            [waiter.Queue],
            waiter.Deadline,
            $"futex 0x{call.Argument(0):x} (value {(uint)call.Argument(2)})"));

    private static SystemCallResult Resume(KernelCall call, FutexWaiter waiter)
    {
        bool isOver = waiter.IsWoken || call.TimedOut || call.IsInterrupted;
        if (!isOver)
        {
            // Another thread took the signal that had ended the wait.
            return Block(call, waiter);
        }

        call.Thread.FutexWait = null;
        if (waiter.IsWoken)
        {
            return 0;
        }

        call.Kernel.Futexes.Remove(waiter);
        return call.TimedOut ? -Errno.ETIMEDOUT
            : call.Argument(3) == 0 ? -Errno.ERESTARTSYS : -Errno.ERESTARTNOHAND;
    }

    /// <summary>FUTEX_WAIT takes a span, FUTEX_WAIT_BITSET an instant.</summary>
    private static bool TryGetDeadline(
        KernelCall call, out VirtualTime? deadline, out int error)
    {
        deadline = null;
        error = 0;
        ulong address = call.Argument(3);
        if (address == 0)
        {
            return true;
        }

        if (!call.Memory.TryRead(address, out TimeSpec time))
        {
            error = Errno.EFAULT;
            return false;
        }

        if (!time.IsValid)
        {
            error = Errno.EINVAL;
            return false;
        }

        int operation = call.Int32Argument(1);
        bool isSpan = (operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) == FUTEX_WAIT;
        deadline = isSpan
            ? GuestClocks.After(call.EnteredAt, time)
            : call.Kernel.Clocks.At(
                (operation & FUTEX_CLOCK_REALTIME) != 0
                    ? GuestClocks.CLOCK_REALTIME
                    : GuestClocks.CLOCK_MONOTONIC,
                time);
        return true;
    }

    private static SystemCallResult Wake(KernelCall call, FutexKey key, uint bits) =>
        bits == 0
            ? -Errno.EINVAL
            : call.Kernel.Futexes.Wake(key, Math.Max(1, call.Int32Argument(2)), bits);

    private static SystemCallResult Requeue(KernelCall call, FutexKey key, bool compares)
    {
        int wakeMax = call.Int32Argument(2);
        int moveMax = call.Int32Argument(3);
        ulong target = call.Argument(4);
        if (wakeMax < 0 || moveMax < 0 || (target & 3) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(0), out uint value)
            || !call.Memory.TryRead(target, out uint _))
        {
            return -Errno.EFAULT;
        }

        if (compares && value != (uint)call.Argument(5))
        {
            return -Errno.EAGAIN;
        }

        FutexTable futexes = call.Kernel.Futexes;
        int woken = futexes.Wake(key, wakeMax);
        int moved = futexes.Requeue(key, KeyOf(call.Process, target), moveMax);
        return compares ? woken + moved : woken;
    }

    private static SystemCallResult WakeOperation(KernelCall call, FutexKey key)
    {
        ulong target = call.Argument(4);
        if ((target & 3) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(target, out int old))
        {
            return -Errno.EFAULT;
        }

        uint code = (uint)call.Argument(5);
        if (!FutexOperation.TryApply(code, old, out int changed, out bool holds))
        {
            return -Errno.ENOSYS;
        }

        if (!call.Memory.TryWrite(target, changed))
        {
            return -Errno.EFAULT;
        }

        FutexTable futexes = call.Kernel.Futexes;
        int woken = futexes.Wake(key, Math.Max(1, call.Int32Argument(2)));
        if (holds)
        {
            woken += futexes.Wake(
                KeyOf(call.Process, target), Math.Max(1, call.Int32Argument(3)));
        }

        return woken;
    }

    private static SystemCallResult SetRobustList(KernelCall call)
    {
        if (call.Argument(1) != RobustListHeadBytes)
        {
            return -Errno.EINVAL;
        }

        call.Thread.RobustListHead = call.Argument(0);
        return 0;
    }

    private static SystemCallResult GetRobustList(KernelCall call)
    {
        int id = call.Int32Argument(0);
        GuestThread? thread = id == 0 ? call.Thread : call.Process.Find(id);
        if (thread is null)
        {
            return -Errno.ESRCH;
        }

        return call.Memory.TryWrite(call.Argument(1), thread.RobustListHead)
            && call.Memory.TryWrite(call.Argument(2), (ulong)RobustListHeadBytes)
            ? 0
            : -Errno.EFAULT;
    }
}
