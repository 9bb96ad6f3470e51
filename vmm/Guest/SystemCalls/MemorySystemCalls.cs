using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>mmap and its family.</summary>
internal static class MemorySystemCalls
{
    private const int ProtectNumber = 10;
    private const int ProtectionMask = 7;
    private const int MAP_SHARED = 1;
    private const int MAP_PRIVATE = 2;
    private const int MAP_SHARED_VALIDATE = 3;
    private const int MAP_TYPE = 15;
    private const int MAP_FIXED = 0x10;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MAP_32BIT = 0x40;
    private const int MAP_NORESERVE = 0x4000;
    private const int MAP_HUGETLB = 0x4_0000;
    private const int MAP_FIXED_NOREPLACE = 0x10_0000;

    /// <summary>What MAP_SHARED_VALIDATE knows: all but MAP_SYNC.</summary>
    private const int ValidatedFlags = 0x17_fff3;

    private const ulong MREMAP_MAYMOVE = 1;
    private const ulong MREMAP_FIXED = 2;
    private const int MADV_DONTNEED = 4;
    private const int MADV_REMOVE = 9;
    private const int MADV_DONTFORK = 10;
    private const int MADV_DOFORK = 11;
    private const int MADV_WIPEONFORK = 18;
    private const int MADV_KEEPONFORK = 19;
    private const int MADV_POPULATE_READ = 22;
    private const int MADV_POPULATE_WRITE = 23;
    private const int MADV_DONTNEED_LOCKED = 24;
    private const int MCL_ALL = 7;
    private const int MLOCK_ONFAULT = 1;
    private const int AdviceMax = 25;
    private const int MADV_HWPOISON = 100;
    private const int SyncFlagsMask = 7;

    /// <summary>MS_SYNC and MS_ASYNC.</summary>
    private const ulong SyncOrNot = 5;

    /// <summary>vm.mmap_min_addr.</summary>
    private const ulong LowestAddress = 0x1_0000;

    private const int MEMBARRIER_CMD_QUERY = 0;
    private const int MembarrierCommands = 0x1ff;

    private const string NoLocks = "checked, without an effect: memory is never swapped";

    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Memory;
        table.AddKernel(
            9,
            "mmap",
            Cost,
            Map,
            "MAP_HUGETLB: ENOMEM; MAP_GROWSDOWN and MAP_LOCKED are ignored; of a private file mapping "
            + "the pages are read when it is made");
        table.AddKernel(
            ProtectNumber,
            "mprotect",
            Cost,
            Protect,
            "PROT_EXEC of memory that lies where no code may be: EACCES");
        table.AddKernel(
            11, "munmap", Cost, c => c.Process.Memory.Unmap(c.Argument(0), c.Argument(1)));
        table.AddKernel(
            12, "brk", Cost, SetHeapEnd);
        table.AddKernel(
            25, "mremap", Cost, Remap, "MREMAP_DONTUNMAP: EINVAL");
        table.AddKernel(26, "msync", Cost, Sync);
        table.AddKernel(27, "mincore", Cost, InCore, "every page is told to be in memory");
        table.AddKernel(
            28,
            "madvise",
            Cost,
            Advise,
            "MADV_REMOVE: EOPNOTSUPP; most others are checked only");
        table.AddKernel(149, "mlock", Cost, Lock, NoLocks);
        table.AddKernel(150, "munlock", Cost, Lock, NoLocks);
        table.AddKernel(151, "mlockall", Cost, LockAll, NoLocks);
        table.AddConstant(152, "munlockall", 0);
        table.AddKernel(325, "mlock2", Cost, LockWithFlags, NoLocks);
        table.AddKernel(324, "membarrier", Cost, MemoryBarrier);
    }

    private static SystemCallResult Map(KernelCall call)
    {
        ulong length = call.Argument(1);
        int flags = call.Int32Argument(3);
        int type = flags & MAP_TYPE;
        if (length == 0
            || (call.Argument(5) & GuestPage.OffsetMask) != 0
            || type is not (MAP_SHARED or MAP_PRIVATE or MAP_SHARED_VALIDATE))
        {
            return -Errno.EINVAL;
        }

        bool isFixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
        if (isFixed && (call.Argument(0) & GuestPage.OffsetMask) != 0)
        {
            return -Errno.EINVAL;
        }

        if (isFixed && call.Argument(0) < LowestAddress)
        {
            return -Errno.EPERM;
        }

        if (length > GuestLayout.WindowSizeBytes || (flags & MAP_HUGETLB) != 0)
        {
            return -Errno.ENOMEM;
        }

        var request = new MapRequest
        {
            Address = GuestPage.Floor(call.Argument(0)),
            LengthBytes = GuestPage.Ceiling(length),
            Protection = (GuestProtection)(call.Int32Argument(2) & ProtectionMask),
            Placement = (flags & MAP_FIXED_NOREPLACE) != 0 ? MapPlacement.FixedNoReplace
                : isFixed ? MapPlacement.Fixed
                : MapPlacement.Anywhere,
            IsLow = (flags & MAP_32BIT) != 0,
            IsReservation = (flags & MAP_NORESERVE) != 0,
        };
        if (!MayHave(call, request.LengthBytes))
        {
            return -Errno.ENOMEM;
        }

        bool isShared = type != MAP_PRIVATE;
        if (type == MAP_SHARED_VALIDATE)
        {
            bool isAnonymous = (flags & MAP_ANONYMOUS) != 0;
            if (isAnonymous || (flags & ~ValidatedFlags) != 0)
            {
                return isAnonymous ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
            }
        }

        return (flags & MAP_ANONYMOUS) == 0 ? MapFile(call, request, isShared)
            : isShared ? MapShared(call, request)
            : call.Process.Memory.Map(request);
    }

    private static SystemCallResult SetHeapEnd(KernelCall call)
    {
        AddressSpace memory = call.Process.Memory;
        ulong end = memory.SetHeapEnd(0);
        ulong wanted = call.Argument(0);
        return (long)(wanted > end && !MayHave(call, wanted - end) ? end : memory.SetHeapEnd(wanted));
    }

    /// <summary>RLIMIT_AS allows so much more.</summary>
    private static bool MayHave(KernelCall call, ulong lengthBytes)
    {
        const int AddressSpaceLimit = 9;
        ulong limit = call.Process.Limits.Get(AddressSpaceLimit).Soft;
        if (limit == ResourceLimits.Infinity)
        {
            return true;
        }

        ulong total = lengthBytes;
        foreach (MemoryArea area in call.Process.Memory.Areas)
        {
            total += area.LengthBytes;
        }

        return total <= limit;
    }

    /// <summary>Anonymous memory that children share.</summary>
    private static SystemCallResult MapShared(KernelCall call, MapRequest request)
    {
        int error = call.Process.Files.TryMakeMemoryFile(
            request.LengthBytes, out IMappableFile? file);
        return error != 0
            ? -error
            : call.Process.Memory.Map(request with { Kind = AreaKind.SharedFile, File = file });
    }

    private static SystemCallResult MapFile(
        KernelCall call, MapRequest request, bool isShared)
    {
        int error = call.Process.Files.TryGetMappableFile(call.Int32Argument(4), out IMappableFile? file);
        if (error != 0)
        {
            return -error;
        }

        if (file is null)
        {
            // /dev/zero: memory without a file.
            return isShared ? MapShared(call, request) : call.Process.Memory.Map(request);
        }

        if (isShared
            && (request.Protection & GuestProtection.Write) != 0
            && !file.IsWritable)
        {
            bool isSealed = file is HostBackedFile { CanWrite: true } sealable
                && sealable.IsSealed(FileSeals.AnyWrite);
            return isSealed ? -Errno.EPERM : -Errno.EACCES;
        }

        if (call.Argument(5) > long.MaxValue - request.LengthBytes)
        {
            return -Errno.EOVERFLOW;
        }

        if (file.WindowBase is not null)
        {
            return MapWindow(call, file, request, isShared);
        }

        return call.Process.Memory.Map(request with
        {
            Kind = isShared ? AreaKind.SharedFile : AreaKind.PrivateFile,
            File = file,
            FileOffset = call.Argument(5),
        });
    }

    /// <summary>As UIO has it: shared, and no further than the device goes.</summary>
    private static SystemCallResult MapWindow(
        KernelCall call, IMappableFile file, MapRequest request, bool isShared)
    {
        ulong size = (ulong)file.LengthBytes;
        ulong offset = call.Argument(5);
        if (!isShared || offset > size || request.LengthBytes > size - offset)
        {
            return -Errno.EINVAL;
        }

        return (request.Protection & GuestProtection.Execute) != 0
            ? -Errno.EACCES
            : call.Process.Memory.Map(request with
            {
                Kind = AreaKind.Window,
                File = file,
                FileOffset = offset,
            });
    }

    private static SystemCallResult Protect(KernelCall call)
    {
        const int Semaphore = 8;
        if ((call.Int32Argument(2) & ~(ProtectionMask | Semaphore)) != 0)
        {
            return -Errno.EINVAL;
        }

        var protection = (GuestProtection)(call.Int32Argument(2) & ProtectionMask);
        long result = call.Process.Memory.Protect(
            call.Argument(0), call.Argument(1), protection);
        if (result == -Errno.EACCES && (protection & GuestProtection.Execute) != 0)
        {
            call.Kernel.ListUnsupported(
                ProtectNumber, "mprotect with PROT_EXEC of memory mapped without it: EACCES");
        }

        return result;
    }

    private static SystemCallResult Remap(KernelCall call)
    {
        ulong flags = call.Argument(3);
        bool mayMove = (flags & MREMAP_MAYMOVE) != 0;
        bool isFixed = (flags & MREMAP_FIXED) != 0;
        if (flags > (MREMAP_MAYMOVE | MREMAP_FIXED) || (isFixed && !mayMove))
        {
            return -Errno.EINVAL;
        }

        ulong growth = call.Argument(2) - Math.Min(call.Argument(1), call.Argument(2));
        if (!MayHave(call, growth))
        {
            return -Errno.ENOMEM;
        }

        return call.Process.Memory.Remap(
            call.Argument(0),
            call.Argument(1),
            call.Argument(2),
            mayMove,
            isFixed ? call.Argument(4) : null);
    }

    private static SystemCallResult Sync(KernelCall call) =>
        (call.Argument(0) & GuestPage.OffsetMask) != 0 || call.Argument(2) > SyncFlagsMask
            || (call.Argument(2) & SyncOrNot) == SyncOrNot
            ? -Errno.EINVAL
            : call.Process.Memory.Sync(
                call.Argument(0), call.Argument(1), call.Int32Argument(2));

    /// <summary>All pages of the granted memory are in core.</summary>
    private static SystemCallResult InCore(KernelCall call)
    {
        ulong start = call.Argument(0);
        ulong length = call.Argument(1);
        if ((start & GuestPage.OffsetMask) != 0)
        {
            return -Errno.EINVAL;
        }

        if (length == 0)
        {
            return 0;
        }

        if (!IsCovered(call.Process.Memory, start, length))
        {
            return -Errno.ENOMEM;
        }

        byte[] pages = new byte[GuestPage.Ceiling(length) >> GuestPage.Shift];
        Array.Fill(pages, (byte)1);
        return call.Memory.TryWrite(call.Argument(2), pages) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult Advise(KernelCall call)
    {
        int advice = call.Int32Argument(2);
        ulong start = call.Argument(0);
        ulong length = call.Argument(1);
        switch (advice)
        {
            case MADV_DONTNEED or MADV_DONTNEED_LOCKED:
                return call.Process.Memory.Discard(start, length);
            case MADV_REMOVE:
                return -Errno.EOPNOTSUPP;
            case >= MADV_HWPOISON:
                return -Errno.EPERM;
            case < 0 or > AdviceMax or (> 4 and < 8):
                return -Errno.EINVAL;
            default:
                return (start & GuestPage.OffsetMask) != 0 ? -Errno.EINVAL
                    : length == 0 ? 0
                    : AdviseRange(call.Process.Memory, start, length, advice);
        }
    }

    private static long AdviseRange(AddressSpace memory, ulong start, ulong length, int advice) => advice switch
    {
        MADV_DONTFORK or MADV_DOFORK =>
            memory.Advise(start, length, ForkAdvice.Omit, undoes: advice == MADV_DOFORK),
        MADV_WIPEONFORK or MADV_KEEPONFORK =>
            memory.Advise(start, length, ForkAdvice.Wipe, undoes: advice == MADV_KEEPONFORK),
        MADV_POPULATE_READ => memory.Populate(start, length, GuestProtection.Read),
        MADV_POPULATE_WRITE => memory.Populate(start, length, GuestProtection.Write),
        _ => IsCovered(memory, start, length) ? 0 : -Errno.ENOMEM,
    };

    private static SystemCallResult Lock(KernelCall call)
    {
        ulong start = GuestPage.Floor(call.Argument(0));
        ulong length = call.Argument(1) + (call.Argument(0) - start);
        return call.Argument(1) == 0 || IsCovered(call.Process.Memory, start, length) ? 0 : -Errno.ENOMEM;
    }

    private static SystemCallResult LockWithFlags(KernelCall call) =>
        (call.Int32Argument(2) & ~MLOCK_ONFAULT) != 0 ? -Errno.EINVAL : Lock(call);

    private static SystemCallResult LockAll(KernelCall call)
    {
        int flags = call.Int32Argument(0);
        return flags is <= 0 or > MCL_ALL or 4 ? -Errno.EINVAL : 0;
    }

    private static bool IsCovered(AddressSpace memory, ulong start, ulong length) =>
        length <= GuestLayout.WindowSizeBytes
        && memory.Window.Contains(start)
        && memory.Covers(start, GuestPage.Ceiling(start + length));

    /// <summary>One host thread runs all vCPUs of the node, so every barrier has been passed.
    /// </summary>
    private static SystemCallResult MemoryBarrier(KernelCall call)
    {
        int command = call.Int32Argument(0);
        return call.Int32Argument(1) != 0 ? -Errno.EINVAL
            : command == MEMBARRIER_CMD_QUERY ? MembarrierCommands
            : command > 0 && (command & (command - 1)) == 0
                && (command & MembarrierCommands) != 0 ? 0
            : -Errno.EINVAL;
    }
}
