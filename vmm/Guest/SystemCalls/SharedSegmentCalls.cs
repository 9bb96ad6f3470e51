using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>shmget, shmat, shmdt, shmctl.</summary>
internal static class SharedSegmentCalls
{
    private const int SHM_RDONLY = 0x1000;
    private const int SHM_RND = 0x2000;
    private const int SHM_REMAP = 0x4000;
    private const int SHM_EXEC = 0x8000;
    private const int SHM_LOCK = 11;
    private const int SHM_UNLOCK = 12;
    private const int SHM_HUGETLB = 0x800;
    private const uint SHM_DEST = 0x200;
    private const int PermissionMask = 0x1ff;
    private const int StatusSizeBytes = 112;

    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Memory;
        table.AddKernel(29, "shmget", Cost, Get);
        table.AddKernel(30, "shmat", Cost, Attach);
        table.AddKernel(31, "shmctl", Cost, Control, "IPC_INFO, SHM_INFO, SHM_STAT: EINVAL");
        table.AddKernel(67, "shmdt", Cost, Detach);
    }

    private static SystemCallResult Get(KernelCall call)
    {
        int key = call.Int32Argument(0);
        ulong size = call.Argument(1);
        int flags = call.Int32Argument(2);
        Sweep(call.Kernel);
        return call.Kernel.Ipc.Segments.Get(
            key,
            flags,
            found => size > found.SizeBytes ? -Errno.EINVAL : 0,
            id => Make(call, id, key, size, flags));
    }

    private static (SharedSegment? Made, int Error) Make(
        KernelCall call, int id, int key, ulong size, int flags)
    {
        if (size is 0 or > GuestLayout.WindowSizeBytes)
        {
            return (null, size == 0 ? -Errno.EINVAL : -Errno.ENOMEM);
        }

        if ((flags & SHM_HUGETLB) != 0)
        {
            return (null, -Errno.ENOMEM);
        }

        int error = call.Process.Files.TryMakeMemoryFile(GuestPage.Ceiling(size), out IMappableFile? file);
        return error != 0
            ? (null, -error)
            : (new SharedSegment
            {
                Id = id,
                Key = key,
                Mode = (uint)(flags & PermissionMask),
                File = file!,
                SizeBytes = size,
                CreatorId = call.ProcessId,
                ChangeSeconds = call.Kernel.WallSeconds,
            }, 0);
    }

    private static SystemCallResult Attach(KernelCall call)
    {
        ulong address = call.Argument(1);
        int flags = call.Int32Argument(2);
        Sweep(call.Kernel);
        if (call.Kernel.Ipc.Segments.Find(call.Int32Argument(0)) is not { } segment
            || ((address & GuestPage.OffsetMask) != 0 && (flags & SHM_RND) == 0)
            || (address == 0 && (flags & SHM_REMAP) != 0))
        {
            return -Errno.EINVAL;
        }

        bool isWritable = (flags & SHM_RDONLY) == 0;
        GuestProtection protection = GuestProtection.Read
            | (isWritable ? GuestProtection.Write : GuestProtection.None)
            | ((flags & SHM_EXEC) != 0 ? GuestProtection.Execute : GuestProtection.None);
        long result = call.Process.Memory.Map(new MapRequest
        {
            Address = GuestPage.Floor(address),
            LengthBytes = GuestPage.Ceiling(segment.SizeBytes),
            Protection = protection,
            Placement = address == 0 ? MapPlacement.Anywhere
                : (flags & SHM_REMAP) != 0 ? MapPlacement.Fixed
                : MapPlacement.FixedNoReplace,
            Kind = AreaKind.SharedFile,
            File = segment.View(isWritable),
        });
        if (result > 0)
        {
            segment.LastProcessId = call.ProcessId;
            segment.AttachSeconds = call.Kernel.WallSeconds;
        }

        return result == -Errno.EEXIST ? -Errno.EINVAL : result;
    }

    private static SystemCallResult Detach(KernelCall call)
    {
        ulong address = call.Argument(0);
        AddressSpace memory = call.Process.Memory;
        foreach (SharedSegment segment in call.Kernel.Ipc.Segments.All)
        {
            MemoryArea[] areas = [.. memory.Areas.Where(
                a => IsOf(a, segment) && a.Start - a.FileOffset == address)];
            if (areas.Length == 0)
            {
                continue;
            }

            foreach (MemoryArea area in areas)
            {
                memory.Unmap(area.Start, area.LengthBytes);
            }

            segment.LastProcessId = call.ProcessId;
            segment.DetachSeconds = call.Kernel.WallSeconds;
            Sweep(call.Kernel);
            return 0;
        }

        return -Errno.EINVAL;
    }

    private static SystemCallResult Control(KernelCall call)
    {
        int command = call.Int32Argument(1);
        ulong buffer = call.Argument(2);
        Sweep(call.Kernel);
        if (call.Kernel.Ipc.Segments.Find(call.Int32Argument(0)) is not { } segment)
        {
            return -Errno.EINVAL;
        }

        switch (command)
        {
            case IpcObject.IPC_RMID:
                segment.IsRemoved = true;
                segment.Key = IpcObject.IPC_PRIVATE;
                segment.Mode |= SHM_DEST;
                Sweep(call.Kernel);
                return 0;
            case IpcObject.IPC_SET:
                Span<byte> given = stackalloc byte[IpcObject.PermissionsSizeBytes];
                if (!call.Memory.TryRead(buffer, given))
                {
                    return -Errno.EFAULT;
                }

                segment.SetPermissions(given, call.Kernel.WallSeconds);
                return 0;
            case IpcObject.IPC_STAT:
                return call.Memory.TryWrite(buffer, StatusOf(call.Kernel, segment)) ? 0 : -Errno.EFAULT;
            case SHM_LOCK or SHM_UNLOCK:
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>struct shmid64_ds.</summary>
    private static byte[] StatusOf(GuestKernel kernel, SharedSegment segment)
    {
        byte[] status = new byte[StatusSizeBytes];
        segment.WritePermissions(status);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(48), segment.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(56), segment.AttachSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(64), segment.DetachSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(72), segment.ChangeSeconds);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(80), segment.CreatorId);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(84), segment.LastProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(status.AsSpan(88), CountAttached(kernel, segment));
        return status;
    }

    /// <summary>Removed segments go once nobody has them any more.</summary>
    private static void Sweep(GuestKernel kernel)
    {
        foreach (SharedSegment segment in kernel.Ipc.Segments.All.Where(s => s.IsRemoved).ToArray())
        {
            if (CountAttached(kernel, segment) == 0)
            {
                kernel.Ipc.Segments.Remove(segment.Id);
            }
        }
    }

    private static int CountAttached(GuestKernel kernel, SharedSegment segment) =>
        kernel.Processes.Living.Select(p => p.Memory).Distinct()
            .Sum(m => m.Areas.Count(a => IsOf(a, segment)));

    private static bool IsOf(in MemoryArea area, SharedSegment segment) =>
        area.Kind == AreaKind.SharedFile && area.File is { } file
        && file.DeviceId == segment.File.DeviceId && file.Inode == segment.File.Inode;
}
