using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>ioctl(2), and the socket calls, which a node without a network refuses.</summary>
internal sealed class ControlCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const uint ClearCloseOnExec = 0x5450;
    private const uint SetCloseOnExec = 0x5451;
    private const uint SetNonBlocking = 0x5421;
    private const uint SetAsync = 0x5452;
    private const uint BytesReadable = 0x541b;

    private static readonly (int Number, string Name)[] s_socketCalls =
    [
        (42, "connect"), (43, "accept"), (44, "sendto"), (45, "recvfrom"), (46, "sendmsg"),
        (47, "recvmsg"), (48, "shutdown"), (49, "bind"), (50, "listen"), (51, "getsockname"),
        (52, "getpeername"), (54, "setsockopt"), (55, "getsockopt"), (288, "accept4"),
        (299, "recvmmsg"), (307, "sendmmsg"),
    ];

    public override void Register(SystemCallTable table)
    {
        table.Add(16, "ioctl", KernelCostClass.File, Control);
        table.Add(41, "socket", KernelCostClass.Network, _ => -Errno.EAFNOSUPPORT);
        table.Add(53, "socketpair", KernelCostClass.Network, _ => -Errno.EAFNOSUPPORT);
        foreach ((int number, string name) in s_socketCalls)
        {
            table.Add(number, name, KernelCostClass.Network, RefuseSocket);
        }
    }

    private SystemCallResult RefuseSocket(SystemCallContext call) =>
        TryGetUsable(call, 0, out _) ? -Errno.ENOTSOCK : -Errno.EBADF;

    private SystemCallResult Control(SystemCallContext call)
    {
        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        uint request = (uint)call.Argument(1);
        ulong argument = call.Argument(2);
        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        switch (request)
        {
            case SetCloseOnExec or ClearCloseOnExec:
                descriptors.SetCloseOnExec(call.Int32Argument(0), request == SetCloseOnExec);
                return 0;
            case SetNonBlocking:
                if (!call.Memory.TryRead(argument, out int isOn))
                {
                    return -Errno.EFAULT;
                }

                file.IsNonBlocking = isOn != 0;
                return 0;
            case SetAsync:
                return call.Memory.TryRead(argument, out int _) ? 0 : -Errno.EFAULT;
            case BytesReadable when file is SeekableFile seekable && file.Inode.IsRegular:
                long rest = seekable.GetLength() - seekable.Seek(0, 1);
                return call.Memory.TryWrite(argument, (int)rest) ? 0 : -Errno.EFAULT;
            default:
                return file.Control(call, request, argument);
        }
    }
}
