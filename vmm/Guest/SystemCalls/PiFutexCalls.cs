using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Operations of futex(2) with priority inheritance.</summary>
internal static class PiFutexCalls
{
    private const int FUTEX_CLOCK_REALTIME = 256;

    /// <summary>FUTEX_LOCK_PI, FUTEX_LOCK_PI2 and FUTEX_TRYLOCK_PI.</summary>
    /// <param name="isRealtime">Its time-out is an instant of CLOCK_REALTIME.</param>
    public static SystemCallResult Lock(
        KernelCall call, FutexKey key, bool isTrying, bool isRealtime)
    {
        if (call.Thread.PiWait is { } known)
        {
            return Resume(call, known);
        }

        if (!TryGetDeadline(call, isTrying, isRealtime, out VirtualTime? deadline, out int error))
        {
            return -error;
        }

        ulong address = call.Argument(0);
        if (!call.Memory.TryRead(address, out uint value))
        {
            return -Errno.EFAULT;
        }

        uint owner = value & FutexWord.OwnerMask;
        if (owner == (uint)call.ThreadId)
        {
            return -Errno.EDEADLK;
        }

        PiFutexTable table = call.Kernel.PiFutexes;
        bool isFree = owner == 0 && table.Find(key) is null;
        if (!isFree && !HasThread(call.Kernel, (int)owner))
        {
            return -Errno.ESRCH;
        }

        uint changed = isFree
            ? (value & FutexWord.OwnerDied) | (uint)call.ThreadId
            : value | FutexWord.HasWaiters;
        if (!call.Memory.TryWrite(address, changed))
        {
            return -Errno.EFAULT;
        }

        if (isFree || isTrying)
        {
            return isFree ? 0 : -Errno.EAGAIN;
        }

        PiWaiter waiter = new(call.Thread, address, deadline);
        call.Thread.PiWait = waiter;
        table.Add(key, (int)owner, waiter);
        return Block(waiter);
    }

    /// <summary>FUTEX_UNLOCK_PI.</summary>
    public static SystemCallResult Unlock(KernelCall call, FutexKey key)
    {
        ulong address = call.Argument(0);
        if (!call.Memory.TryRead(address, out uint value))
        {
            return -Errno.EFAULT;
        }

        if ((value & FutexWord.OwnerMask) != (uint)call.ThreadId)
        {
            return -Errno.EPERM;
        }

        PiFutexTable table = call.Kernel.PiFutexes;
        uint changed = table.Find(key) is { } waited
            ? (uint)table.HandOn(waited).Thread.Id | FutexWord.HasWaiters
            : 0;
        return call.Memory.TryWrite(address, changed) ? 0 : -Errno.EFAULT;
    }

    /// <summary>A thread has ended: the locks that it had go on to who waits for them.</summary>
    public static void Release(GuestKernel kernel, GuestThread thread)
    {
        foreach (PiFutex futex in kernel.PiFutexes.OwnedBy(thread.Id))
        {
            PiWaiter next = kernel.PiFutexes.HandOn(futex);
            uint value = (uint)next.Thread.Id | FutexWord.HasWaiters | FutexWord.OwnerDied;
            kernel.UserMemory.Lend(
                next.Thread.Process.Memory,
                () => kernel.UserMemory.TryWrite(next.Address, value));
        }
    }

    private static SystemCallResult Resume(KernelCall call, PiWaiter waiter)
    {
        if (!waiter.IsOwner && !call.TimedOut && !call.IsInterrupted)
        {
            return Block(waiter);
        }

        call.Thread.PiWait = null;
        if (waiter.IsOwner)
        {
            return 0;
        }

        call.Kernel.PiFutexes.Remove(waiter);
        return call.TimedOut ? -Errno.ETIMEDOUT : -Errno.ERESTARTNOINTR;
    }

    private static SystemCallResult Block(PiWaiter waiter) =>
        SystemCallResult.Block(new WaitRequest(
            [waiter.Queue], waiter.Deadline, $"futex 0x{waiter.Address:x} (lock)"));

    private static bool HasThread(GuestKernel kernel, int id) =>
        kernel.Processes.Living.Any(process => process.Find(id) is not null);

    private static bool TryGetDeadline(
        KernelCall call, bool isTrying, bool isRealtime, out VirtualTime? deadline, out int error)
    {
        deadline = null;
        error = 0;
        ulong address = call.Argument(3);
        if (address == 0 || isTrying)
        {
            return true;
        }

        bool isRead = call.Memory.TryRead(address, out TimeSpec time);
        error = !isRead ? Errno.EFAULT : time.IsValid ? 0 : Errno.EINVAL;
        if (error != 0)
        {
            return false;
        }

        bool isWall = isRealtime || (call.Int32Argument(1) & FUTEX_CLOCK_REALTIME) != 0;
        deadline = call.Kernel.Clocks.At(
            isWall ? GuestClocks.CLOCK_REALTIME : GuestClocks.CLOCK_MONOTONIC, time);
        return true;
    }
}
