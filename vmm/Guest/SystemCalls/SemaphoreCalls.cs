using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>semget, semop, semtimedop, semctl.</summary>
internal static class SemaphoreCalls
{
    private const int GETPID = 11;
    private const int GETVAL = 12;
    private const int GETALL = 13;
    private const int GETNCNT = 14;
    private const int GETZCNT = 15;
    private const int SETVAL = 16;
    private const int SETALL = 17;
    private const int CountMax = 32_000;
    private const int OperationsMax = 500;
    private const int PermissionMask = 0x1ff;
    private const int StatusSizeBytes = 104;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(64, "semget", KernelCostClass.Trivial, Get);
        table.AddKernel(65, "semop", KernelCostClass.Wait, c => Operate(c, hasTimeOut: false));
        table.AddKernel(
            66, "semctl", KernelCostClass.Trivial, Control, "IPC_INFO, SEM_INFO, SEM_STAT: EINVAL");
        table.AddKernel(220, "semtimedop", KernelCostClass.Wait, c => Operate(c, hasTimeOut: true));
    }

    private static SystemCallResult Get(KernelCall call)
    {
        int key = call.Int32Argument(0);
        int count = call.Int32Argument(1);
        int flags = call.Int32Argument(2);
        if (count is < 0 or > CountMax)
        {
            return -Errno.EINVAL;
        }

        return call.Kernel.Ipc.Sets.Get(
            key,
            flags,
            found => count > found.Values.Length ? -Errno.EINVAL : 0,
            id => count == 0
                ? (null, -Errno.EINVAL)
                : (new SemaphoreSet
                {
                    Id = id,
                    Key = key,
                    Mode = (uint)(flags & PermissionMask),
                    Values = new ushort[count],
                    LastProcesses = new int[count],
                    ChangeSeconds = call.Kernel.WallSeconds,
                }, 0));
    }

    private static SystemCallResult Operate(KernelCall call, bool hasTimeOut)
    {
        int count = call.Int32Argument(2);
        if (count is < 1 or > OperationsMax)
        {
            return count > OperationsMax ? -Errno.E2BIG : -Errno.EINVAL;
        }

        byte[] bytes = new byte[count * SemaphoreOperation.SizeBytes];
        TimeSpec limit = default;
        bool isLimited = hasTimeOut && call.Argument(3) != 0;
        if (!call.Memory.TryRead(call.Argument(1), bytes)
            || (isLimited && !call.Memory.TryRead(call.Argument(3), out limit)))
        {
            return -Errno.EFAULT;
        }

        if (isLimited && !limit.IsValid)
        {
            return -Errno.EINVAL;
        }

        if (call.Kernel.Ipc.Sets.Find(call.Int32Argument(0)) is not { } set)
        {
            return call.IsRetry ? -Errno.EIDRM : -Errno.EINVAL;
        }

        set.Waiting.RemoveAll(w => w.Thread == call.Thread);
        ReadOnlySpan<SemaphoreOperation> operations = Blittable.Cast<SemaphoreOperation>(bytes);
        foreach (SemaphoreOperation operation in operations)
        {
            if (operation.Number >= set.Values.Length)
            {
                return -Errno.EFBIG;
            }
        }

        VirtualTime? deadline = isLimited ? GuestClocks.After(call.EnteredAt, limit) : null;
        return Perform(call, set, operations, deadline);
    }

    private static SystemCallResult Perform(
        KernelCall call,
        SemaphoreSet set,
        ReadOnlySpan<SemaphoreOperation> operations,
        VirtualTime? deadline)
    {
        int error = set.TryPerform(operations, call.ProcessId, out int blocking);
        if (error != 0)
        {
            return error;
        }

        if (blocking >= 0)
        {
            SemaphoreOperation waits = operations[blocking];
            if (waits.MayNotWait || call.TimedOut)
            {
                return -Errno.EAGAIN;
            }

            set.Waiting.Add((call.Thread, waits.Number, waits.Change == 0));
            return SystemCallResult.Block(new WaitRequest(
                [set.Changed], deadline, $"semaphore {waits.Number} of set {set.Id}")
            {
                WhenInterrupted = -Errno.ERESTARTNOHAND,
            });
        }

        foreach (SemaphoreOperation operation in operations)
        {
            if (operation.IsUndone)
            {
                (int, int, int) key = (call.ProcessId, set.Id, operation.Number);
                call.Kernel.Ipc.Undo[key] =
                    call.Kernel.Ipc.Undo.GetValueOrDefault(key) - operation.Change;
            }
        }

        set.OperationSeconds = call.Kernel.WallSeconds;
        set.Changed.Wake();
        return 0;
    }

    private static SystemCallResult Control(KernelCall call)
    {
        int number = call.Int32Argument(1);
        int command = call.Int32Argument(2);
        if (call.Kernel.Ipc.Sets.Find(call.Int32Argument(0)) is not { } set)
        {
            return -Errno.EINVAL;
        }

        bool isOfOne = command is GETPID or GETVAL or GETNCNT or GETZCNT or SETVAL;
        if (isOfOne && (number < 0 || number >= set.Values.Length))
        {
            return -Errno.EINVAL;
        }

        return command switch
        {
            GETPID => set.LastProcesses[number],
            GETVAL => set.Values[number],
            GETNCNT => set.CountWaiting(number, forZero: false),
            GETZCNT => set.CountWaiting(number, forZero: true),
            SETVAL => SetOne(call, set, number, call.Int32Argument(3)),
            GETALL => call.Memory.TryWrite(call.Argument(3), Blittable.AsBytes(set.Values.AsSpan()))
                ? 0 : -Errno.EFAULT,
            SETALL => SetAll(call, set),
            IpcObject.IPC_RMID => Remove(call, set),
            IpcObject.IPC_STAT => call.Memory.TryWrite(call.Argument(3), StatusOf(set)) ? 0 : -Errno.EFAULT,
            IpcObject.IPC_SET => SetStatus(call, set),
            _ => -Errno.EINVAL,
        };
    }

    private static SystemCallResult SetOne(KernelCall call, SemaphoreSet set, int number, int value)
    {
        if (value is < 0 or > SemaphoreSet.ValueMax)
        {
            return -Errno.ERANGE;
        }

        set.Values[number] = (ushort)value;
        set.LastProcesses[number] = call.ProcessId;
        return Changed(call, set, number);
    }

    private static SystemCallResult SetAll(KernelCall call, SemaphoreSet set)
    {
        ushort[] values = new ushort[set.Values.Length];
        if (!call.Memory.TryRead(call.Argument(3), Blittable.AsBytes(values.AsSpan())))
        {
            return -Errno.EFAULT;
        }

        if (values.Any(v => v > SemaphoreSet.ValueMax))
        {
            return -Errno.ERANGE;
        }

        values.CopyTo(set.Values, 0);
        Array.Fill(set.LastProcesses, call.ProcessId);
        return Changed(call, set, null);
    }

    private static SystemCallResult Changed(KernelCall call, SemaphoreSet set, int? number)
    {
        call.Kernel.Ipc.Forget(set.Id, number);
        set.ChangeSeconds = call.Kernel.WallSeconds;
        set.Changed.Wake();
        return 0;
    }

    private static SystemCallResult Remove(KernelCall call, SemaphoreSet set)
    {
        call.Kernel.Ipc.Sets.Remove(set.Id);
        return Changed(call, set, null);
    }

    private static SystemCallResult SetStatus(KernelCall call, SemaphoreSet set)
    {
        Span<byte> given = stackalloc byte[IpcObject.PermissionsSizeBytes];
        if (!call.Memory.TryRead(call.Argument(3), given))
        {
            return -Errno.EFAULT;
        }

        set.SetPermissions(given, call.Kernel.WallSeconds);
        return 0;
    }

    /// <summary>struct semid64_ds.</summary>
    private static byte[] StatusOf(SemaphoreSet set)
    {
        byte[] status = new byte[StatusSizeBytes];
        set.WritePermissions(status);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(48), set.OperationSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(64), set.ChangeSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(80), set.Values.Length);
        return status;
    }
}
