using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>ioctl(2).</summary>
internal sealed class ControlCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const uint ClearCloseOnExec = 0x5450;
    private const uint SetCloseOnExec = 0x5451;
    private const uint SetNonBlocking = 0x5421;
    private const uint SetAsync = 0x5452;
    private const uint BytesReadable = 0x541b;

    public override void Register(SystemCallTable table)
    {
        table.Add(
            16,
            "ioctl",
            KernelCostClass.File,
            Control,
            "FIONBIO, FIONREAD, FIOCLEX and what terminals, windows and interfaces need; else ENOTTY");
    }

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
