using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>msgget, msgsnd, msgrcv, msgctl.</summary>
internal static class MessageQueueCalls
{
    private const int MSG_NOERROR = 0x1000;
    private const int MSG_EXCEPT = 0x2000;
    private const int PermissionMask = 0x1ff;
    private const int StatusSizeBytes = 120;
    private const int KindBytes = 8;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(68, "msgget", KernelCostClass.Trivial, Get);
        table.AddKernel(69, "msgsnd", KernelCostClass.File, Send);
        table.AddKernel(70, "msgrcv", KernelCostClass.File, Receive, "MSG_COPY: EINVAL");
        table.AddKernel(
            71, "msgctl", KernelCostClass.Trivial, Control, "IPC_INFO, MSG_INFO, MSG_STAT: EINVAL");
    }

    private static SystemCallResult Get(KernelCall call)
    {
        int key = call.Int32Argument(0);
        int flags = call.Int32Argument(1);
        return call.Kernel.Ipc.Queues.Get(
            key,
            flags,
            _ => 0,
            id => (new MessageQueue
            {
                Id = id,
                Key = key,
                Mode = (uint)(flags & PermissionMask),
                ChangeSeconds = call.Kernel.WallSeconds,
            }, 0));
    }

    private static SystemCallResult Send(KernelCall call)
    {
        ulong size = call.Argument(2);
        if (size > MessageQueue.MessageBytesMax)
        {
            return -Errno.EINVAL;
        }

        byte[] bytes = new byte[size];
        if (!call.Memory.TryRead(call.Argument(1), out long kind)
            || !call.Memory.TryRead(call.Argument(1) + KindBytes, bytes))
        {
            return -Errno.EFAULT;
        }

        if (kind < 1)
        {
            return -Errno.EINVAL;
        }

        if (call.Kernel.Ipc.Queues.Find(call.Int32Argument(0)) is not { } queue)
        {
            return call.IsRetry ? -Errno.EIDRM : -Errno.EINVAL;
        }

        // As on Linux so many messages without bytes fit as there are bytes.
        if (queue.Bytes + size > queue.BytesMax || (ulong)queue.Messages.Count >= queue.BytesMax)
        {
            return (call.Int32Argument(3) & IpcObject.IPC_NOWAIT) != 0
                ? -Errno.EAGAIN
                : Wait(queue, "room in");
        }

        queue.Messages.AddLast((kind, bytes));
        queue.SenderId = call.ProcessId;
        queue.SendSeconds = call.Kernel.WallSeconds;
        queue.Changed.Wake();
        return 0;
    }

    private static SystemCallResult Receive(KernelCall call)
    {
        long size = unchecked((long)call.Argument(2));
        int flags = call.Int32Argument(4);
        if (size < 0 || (flags & ~(IpcObject.IPC_NOWAIT | MSG_NOERROR | MSG_EXCEPT)) != 0)
        {
            return -Errno.EINVAL;
        }

        if (call.Kernel.Ipc.Queues.Find(call.Int32Argument(0)) is not { } queue)
        {
            return call.IsRetry ? -Errno.EIDRM : -Errno.EINVAL;
        }

        if (queue.Choose(unchecked((long)call.Argument(3)), (flags & MSG_EXCEPT) != 0) is not { } node)
        {
            return (flags & IpcObject.IPC_NOWAIT) != 0 ? -Errno.ENOMSG : Wait(queue, "a message in");
        }

        (long kind, byte[] bytes) = node.Value;
        if (bytes.Length > size && (flags & MSG_NOERROR) == 0)
        {
            return -Errno.E2BIG;
        }

        int length = (int)Math.Min(size, bytes.Length);
        queue.Messages.Remove(node);
        queue.ReceiverId = call.ProcessId;
        queue.ReceiveSeconds = call.Kernel.WallSeconds;
        queue.Changed.Wake();
        return call.Memory.TryWrite(call.Argument(1), kind)
            && call.Memory.TryWrite(call.Argument(1) + KindBytes, bytes.AsSpan(0, length))
            ? length
            : -Errno.EFAULT;
    }

    private static SystemCallResult Wait(MessageQueue queue, string what) =>
        SystemCallResult.Block(new WaitRequest(
            [queue.Changed], null, $"{what} message queue {queue.Id}")
        {
            WhenInterrupted = -Errno.ERESTARTNOHAND,
        });

    private static SystemCallResult Control(KernelCall call)
    {
        ulong buffer = call.Argument(2);
        if (call.Kernel.Ipc.Queues.Find(call.Int32Argument(0)) is not { } queue)
        {
            return -Errno.EINVAL;
        }

        switch (call.Int32Argument(1))
        {
            case IpcObject.IPC_RMID:
                call.Kernel.Ipc.Queues.Remove(queue.Id);
                queue.Changed.Wake();
                return 0;
            case IpcObject.IPC_STAT:
                return call.Memory.TryWrite(buffer, StatusOf(queue)) ? 0 : -Errno.EFAULT;
            case IpcObject.IPC_SET:
                Span<byte> given = stackalloc byte[StatusSizeBytes];
                if (!call.Memory.TryRead(buffer, given))
                {
                    return -Errno.EFAULT;
                }

                queue.SetPermissions(given, call.Kernel.WallSeconds);
                queue.BytesMax = Math.Min(
                    BinaryPrimitives.ReadUInt64LittleEndian(given[88..]), MessageQueue.DefaultBytesMax);
                queue.Changed.Wake();
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>struct msqid64_ds.</summary>
    private static byte[] StatusOf(MessageQueue queue)
    {
        byte[] status = new byte[StatusSizeBytes];
        queue.WritePermissions(status);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(48), queue.SendSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(56), queue.ReceiveSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(64), queue.ChangeSeconds);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(72), queue.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(80), queue.Messages.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(88), queue.BytesMax);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(96), queue.SenderId);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(100), queue.ReceiverId);
        return status;
    }
}
