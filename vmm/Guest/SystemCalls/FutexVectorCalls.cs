using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>futex_waitv(2).</summary>
internal static class FutexVectorCalls
{
    private const int CountMax = 128;
    private const uint SizeMask = 3;
    private const uint Size32 = 2;
    private const uint PrivateFlag = 128;

    public static SystemCallResult Wait(KernelCall call)
    {
        if (call.Thread.FutexVector is { } known)
        {
            return Resume(call, known);
        }

        uint count = (uint)call.Argument(1);
        if (call.Int32Argument(2) != 0 || count is 0 or > CountMax || call.Argument(0) == 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryGetDeadline(call, out VirtualTime? deadline);
        if (error != 0)
        {
            return -error;
        }

        var entries = new Entry[count];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!call.Memory.TryRead(call.Argument(0) + ((ulong)i * Entry.SizeBytes), out entries[i]))
            {
                return -Errno.EFAULT;
            }

            if (!entries[i].IsValid)
            {
                return -Errno.EINVAL;
            }
        }

        foreach (Entry entry in entries)
        {
            if (!call.Memory.TryRead(entry.Address, out uint value))
            {
                return -Errno.EFAULT;
            }

            if (value != (uint)entry.Value)
            {
                return -Errno.EAGAIN;
            }
        }

        FutexVector vector = new(
            [.. entries.Select(entry => new FutexWaiter(
                FutexSystemCalls.KeyOf(call.Process, entry.Address), uint.MaxValue, deadline))],
            deadline);
        foreach (FutexWaiter waiter in vector.Waiters)
        {
            call.Kernel.Futexes.Add(waiter);
        }

        call.Thread.FutexVector = vector;
        return Block(vector);
    }

    /// <summary>The thread waits for none of them any more.</summary>
    public static void Leave(GuestThread thread)
    {
        if (thread.FutexVector is { } vector)
        {
            foreach (FutexWaiter waiter in vector.Waiters.Where(waiter => !waiter.IsWoken))
            {
                thread.Process.Kernel.Futexes.Remove(waiter);
            }

            thread.FutexVector = null;
        }
    }

    private static SystemCallResult Resume(KernelCall call, FutexVector vector)
    {
        int woken = Array.FindLastIndex(vector.Waiters, waiter => waiter.IsWoken);
        if (woken < 0 && !call.TimedOut && !call.IsInterrupted)
        {
            return Block(vector);
        }

        Leave(call.Thread);
        return woken >= 0 ? woken : call.TimedOut ? -Errno.ETIMEDOUT : -Errno.ERESTARTSYS;
    }

    private static SystemCallResult Block(FutexVector vector) =>
        SystemCallResult.Block(new WaitRequest(
            [.. vector.Waiters.Select(waiter => waiter.Queue)],
            vector.Deadline,
            $"any of {vector.Waiters.Length} futexes"));

    private static int TryGetDeadline(KernelCall call, out VirtualTime? deadline)
    {
        deadline = null;
        if (call.Argument(3) == 0)
        {
            return 0;
        }

        int clock = call.Int32Argument(4);
        if (clock is not (GuestClocks.CLOCK_REALTIME or GuestClocks.CLOCK_MONOTONIC))
        {
            return Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(3), out TimeSpec time))
        {
            return Errno.EFAULT;
        }

        if (!time.IsValid)
        {
            return Errno.EINVAL;
        }

        deadline = call.Kernel.Clocks.At(clock, time);
        return 0;
    }

    /// <summary><c>struct futex_waitv</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public const int SizeBytes = 24;

        public ulong Value;
        public ulong Address;
        public uint Flags;
        public uint Reserved;

        public readonly bool IsValid => Reserved == 0 && (Flags & SizeMask) == Size32
            && (Flags & ~(SizeMask | PrivateFlag)) == 0 && (Address & 3) == 0;
    }
}
