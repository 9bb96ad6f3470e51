using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>Mapping and unmapping. Results are as a system call's: a value or a negated
/// <see cref="Errno"/>.</summary>
internal sealed partial class AddressSpace
{
    /// <summary>Private file mappings up to here go among the modules, larger ones, which are
    /// data, to the anonymous range.</summary>
    private const ulong ModuleBytesMax = 64UL << 20;

    /// <summary>Reservations up to here may be for code, and go where code may be: V8's are of 512 MiB
    /// and some.</summary>
    private const ulong ReservedCodeBytesMax = 576UL << 20;

    /// <summary>Left free for modules behind a reservation.</summary>
    private const ulong ModuleBytesKept = 128UL << 20;

    /// <summary>What glibc's malloc reserves for an arena of a thread, to align it.</summary>
    private const ulong ArenaBytes = 128UL << 20;

    private const int CopyChunkBytes = 1 << 20;

    /// <summary>Makes a mapping.</summary>
    /// <returns>Its address.</returns>
    public long Map(MapRequest request)
    {
        Invariant.Require(
            request.LengthBytes > 0 && (request.LengthBytes & GuestPage.OffsetMask) == 0);
        long placed = Place(request);
        if (placed < 0)
        {
            return placed;
        }

        ulong start = (ulong)placed;
        ulong end = start + request.LengthBytes;
        bool commits = request.Protection != GuestProtection.None
            && request.Kind != AreaKind.Window;
        ulong replaced = CommittedWithin(start, end);
        if (_areas.Items.Count >= AreasMax
            || (commits && Exceeds(request.LengthBytes, replaced)))
        {
            return -Errno.ENOMEM;
        }

        RemoveRange(start, end);
        int error = Back(request, start);
        if (error != 0)
        {
            _memory.Unmap(start, request.LengthBytes);
            return -error;
        }

        _areas.Insert(new MemoryArea
        {
            Start = start,
            End = end,
            Protection = request.Protection,
            Kind = request.Kind,
            File = request.File is { } file ? MappedFile.Of(file) : null,
            FileOffset = request.File is null ? 0 : request.FileOffset,
            IsCommitted = commits,
        });
        return (long)start;
    }

    public long Unmap(ulong start, ulong lengthBytes)
    {
        if (!TryRange(start, lengthBytes, out ulong end))
        {
            return -Errno.EINVAL;
        }

        RemoveRange(start, end);
        return 0;
    }

    public long Protect(ulong start, ulong lengthBytes, GuestProtection protection)
    {
        if ((start & GuestPage.OffsetMask) != 0)
        {
            return -Errno.EINVAL;
        }

        if (lengthBytes == 0)
        {
            return 0;
        }

        if (!TryRange(start, lengthBytes, out ulong wanted))
        {
            return -Errno.ENOMEM;
        }

        // As Linux does it: what lies before a hole changes, and then the call fails.
        ulong end = _areas.Reach(start, wanted);
        List<MemoryArea> parts = _areas.Within(start, end);
        long refusal = CheckProtect(parts, protection);
        if (refusal != 0)
        {
            return refusal;
        }

        ulong committed = CommittedWithin(start, end) + WindowBytes(parts);
        if (protection != GuestProtection.None && Exceeds(end - start, committed))
        {
            return -Errno.ENOMEM;
        }

        foreach (MemoryArea part in parts)
        {
            SetProtection(part, protection);
        }

        return end == wanted ? 0 : -Errno.ENOMEM;
    }

    /// <summary>madvise of what a child gets of the range.</summary>
    public long Advise(ulong start, ulong lengthBytes, ForkAdvice advice, bool undoes)
    {
        if (!TryRange(start, lengthBytes, out ulong end))
        {
            return -Errno.ENOMEM;
        }

        foreach (MemoryArea part in _areas.Within(start, end))
        {
            if (advice == ForkAdvice.Wipe && part.File is not null)
            {
                return -Errno.EINVAL;
            }

            ForkAdvice kept = part.ForkAdvice == advice ? ForkAdvice.Copy : part.ForkAdvice;
            _areas.Remove(part.Start, part.End);
            _areas.Insert(part with { ForkAdvice = undoes ? kept : advice });
        }

        return _areas.Covers(start, end) ? 0 : -Errno.ENOMEM;
    }

    /// <summary>madvise(MADV_POPULATE_READ or _WRITE): every page has its memory anyway.</summary>
    public long Populate(ulong start, ulong lengthBytes, GuestProtection access)
    {
        if (!TryRange(start, lengthBytes, out ulong end))
        {
            return -Errno.ENOMEM;
        }

        ulong reach = _areas.Reach(start, end);
        return !_areas.Within(start, reach).TrueForAll(part => (part.Protection & access) != 0)
            ? -Errno.EINVAL
            : reach == end ? 0 : -Errno.ENOMEM;
    }

    /// <summary>madvise(MADV_DONTNEED): anonymous pages read as zero again. A private file
    /// mapping keeps its copy, a shared one has nothing to drop.</summary>
    public long Discard(ulong start, ulong lengthBytes)
    {
        if ((start & GuestPage.OffsetMask) != 0)
        {
            return -Errno.EINVAL;
        }

        if (lengthBytes == 0)
        {
            return 0;
        }

        if (!TryRange(start, lengthBytes, out ulong end))
        {
            return -Errno.ENOMEM;
        }

        foreach (MemoryArea part in _areas.Within(start, end))
        {
            if (part.File is null)
            {
                Forget(part.Start, part.End, isOwner: true);
                _memory.Discard(part.Start, part.LengthBytes);
                _memory.Protect(
                    part.Start, part.LengthBytes, HostOf(part.Kind, part.Protection));
            }
        }

        return _areas.Covers(start, end) ? 0 : -Errno.ENOMEM;
    }

    /// <summary>msync.</summary>
    public long Sync(ulong start, ulong lengthBytes, int flags)
    {
        if (lengthBytes == 0)
        {
            return 0;
        }

        if (!TryRange(start, lengthBytes, out ulong end) || !_areas.Covers(start, end))
        {
            return -Errno.ENOMEM;
        }

        foreach (MemoryArea part in _areas.Within(start, end))
        {
            int error = part.Kind == AreaKind.SharedFile
                ? _memory.Sync(part.Start, part.LengthBytes, flags)
                : 0;
            if (error != 0)
            {
                return -error;
            }
        }

        return 0;
    }

    public bool Covers(ulong start, ulong end) => _areas.Covers(start, end);

    private static bool IsInside(ulong start, ulong lengthBytes, ulong low, ulong high) =>
        start >= low && start <= high && lengthBytes <= high - start;

    /// <summary>The guest's own parts of the window.</summary>
    private bool IsGuests(ulong start, ulong lengthBytes) =>
        IsInside(start, lengthBytes, Window.LowestAddress, Window.EngineStart)
        || IsInside(start, lengthBytes, Window.AnonymousStart, Window.StackTop);

    private bool TryRange(ulong start, ulong lengthBytes, out ulong end)
    {
        end = 0;
        if ((start & GuestPage.OffsetMask) != 0
            || lengthBytes == 0
            || lengthBytes > GuestLayout.WindowSizeBytes
            || !Window.Contains(start))
        {
            return false;
        }

        end = start + GuestPage.Ceiling(lengthBytes);
        return end <= Window.End;
    }

    private long CheckProtect(List<MemoryArea> parts, GuestProtection protection)
    {
        bool executes = (protection & GuestProtection.Execute) != 0;
        foreach (MemoryArea part in parts)
        {
            bool isReadOnlyFile = part.Kind is AreaKind.SharedFile or AreaKind.Window
                && part.File is { IsWritable: false };
            if (((protection & GuestProtection.Write) != 0 && isReadOnlyFile)
                || (executes
                    && (part.End > Window.EngineStart || part.Kind == AreaKind.Window)))
            {
                return -Errno.EACCES;
            }
        }

        return 0;
    }

    private long Place(MapRequest request)
    {
        ulong length = request.LengthBytes;
        if (request.IsLow && !Window.IsFirst)
        {
            // MAP_32BIT: nothing of this window is below 2 GiB.
            return -Errno.ENOMEM;
        }

        bool executes = (request.Protection & GuestProtection.Execute) != 0;
        bool fits = IsGuests(request.Address, length)
            && !(executes && request.Address >= Window.EngineStart);
        if (request.Placement != MapPlacement.Anywhere)
        {
            return !fits ? -Errno.ENOMEM
                : request.Placement == MapPlacement.FixedNoReplace
                    && !_areas.IsFree(request.Address, request.Address + length)
                ? -Errno.EEXIST
                : (long)request.Address;
        }

        if (request.Address != 0
            && fits
            && !(request.IsLow && request.Address >= Window.EngineStart)
            && _areas.IsFree(request.Address, request.Address + length))
        {
            return (long)request.Address;
        }

        bool isModule = request.Kind == AreaKind.PrivateFile && length <= ModuleBytesMax;
        bool isLow = executes || request.IsLow;
        if (MayBecomeCode(request) && TryFindCodeGap(length, out ulong start))
        {
            return (long)start;
        }

        if ((isLow || isModule)
            && _areas.TryFindGap(
                Window.ModulesStart, Window.ModulesEnd, length, out start))
        {
            return (long)start;
        }

        return !isLow && _areas.TryFindGap(
            Window.AnonymousStart, Window.AnonymousEnd, length, out start)
            ? (long)start
            : -Errno.ENOMEM;
    }

    /// <summary>When just in time compilers take memory they do not say that it is for code: they reserve
    /// address space, as glibc's malloc does too, of a size of its own, or ask to write and not to read.
    /// </summary>
    private static bool MayBecomeCode(MapRequest request) =>
        request.Kind == AreaKind.Anonymous
        && (request is { IsReservation: true, Protection: GuestProtection.None }
            ? request.LengthBytes <= ReservedCodeBytesMax
                && (request.LengthBytes != ArenaBytes || request.Address != 0)
            : request.Protection == GuestProtection.Write && request.LengthBytes <= ModuleBytesMax);

    /// <summary>Among the modules, or where a program at fixed addresses leaves the place of other
    /// programs free.</summary>
    private bool TryFindCodeGap(ulong lengthBytes, out ulong start) =>
        _areas.TryFindGap(
            Window.ModulesStart, Window.ModulesEnd, lengthBytes + ModuleBytesKept, out start)
        || (_heapStart < Window.PositionIndependentImage
            && _areas.TryFindGap(
                Window.PositionIndependentImage, Window.ModulesStart, lengthBytes, out start));

    private bool Exceeds(ulong addedBytes, ulong replacedBytes) =>
        addedBytes > LimitBytes - (_node.CommittedBytes - replacedBytes);

    private ulong CommittedWithin(ulong start, ulong end)
    {
        ulong sum = 0;
        foreach (MemoryArea part in _areas.Within(start, end))
        {
            sum += part.IsCommitted ? part.LengthBytes : 0;
        }

        return sum;
    }

    private static ulong WindowBytes(List<MemoryArea> parts)
    {
        ulong sum = 0;
        foreach (MemoryArea part in parts)
        {
            sum += part.Kind == AreaKind.Window ? part.LengthBytes : 0;
        }

        return sum;
    }

    /// <summary>Gives a free range its host mapping and contents.</summary>
    /// <returns>0 or an <see cref="Errno"/>.</returns>
    private int Back(MapRequest request, ulong start)
    {
        HostProtection protection = HostOf(request.Kind, request.Protection);
        switch (request.Kind)
        {
            case AreaKind.SharedFile or AreaKind.Window:
                return BackShared(request, start, protection);
            case AreaKind.PrivateFile:
                _memory.Map(start, request.LengthBytes, HostProtection.ReadWrite);
                int error = CopyFile(request, start);
                _memory.Protect(start, request.LengthBytes, protection);
                return error;
            default:
                _memory.Map(start, request.LengthBytes, protection);
                return 0;
        }
    }

    private int BackShared(MapRequest request, ulong start, HostProtection protection)
    {
        if (!request.File!.TryGetHostDescriptor(out SafeFileHandle? descriptor))
        {
            return Errno.ENODEV;
        }

        int error = _node.Keep(MappedFile.Of(request.File), descriptor);
        return error != 0
            ? error
            : _memory.MapFile(
                start,
                request.LengthBytes,
                protection,
                descriptor,
                checked((long)request.FileOffset));
    }

    private int CopyFile(MapRequest request, ulong start)
    {
        long offset = checked((long)request.FileOffset);
        ulong left = Math.Min(request.LengthBytes, request.FileLengthBytes);
        left = Math.Min(left, (ulong)Math.Max(0, request.File!.LengthBytes - offset));
        try
        {
            while (left > 0)
            {
                int length = (int)Math.Min(left, CopyChunkBytes);
                int read = request.File.Read(offset, _memory.Span(start, length));
                if (read <= 0)
                {
                    return 0;
                }

                offset += read;
                start += (ulong)read;
                left -= (ulong)read;
            }

            return 0;
        }
        catch (IOException)
        {
            return Errno.EIO;
        }
    }

    private void RemoveRange(ulong start, ulong end)
    {
        foreach (MemoryArea part in _areas.Within(start, end))
        {
            Forget(part.Start, part.End, Owns(part.Kind));
            _memory.Unmap(part.Start, part.LengthBytes);
        }

        _areas.Remove(start, end);
    }

    private void SetProtection(in MemoryArea part, GuestProtection protection)
    {
        bool staysCode = (protection & GuestProtection.Execute) != 0
            && (protection & GuestProtection.Write) == 0;
        if (!staysCode)
        {
            PrepareStore(part.Start, part.LengthBytes);
        }

        if (part.Protection == protection)
        {
            return;
        }

        bool losesCode = (part.Protection & ~protection & GuestProtection.Execute) != 0;
        if (losesCode)
        {
            // The host tells who shares these pages of every change but of this one, which it has
            // no part in.
            _memory.Protect(part.Start, part.LengthBytes, HostProtection.None);
        }

        _memory.Protect(part.Start, part.LengthBytes, HostOf(part.Kind, protection));
        _areas.Remove(part.Start, part.End);
        _areas.Insert(part with
        {
            Protection = protection,
            IsCommitted = part.IsCommitted
                || (protection != GuestProtection.None && part.Kind != AreaKind.Window),
        });
        foreach (ICodeObserver observer in _observers)
        {
            observer.ProtectionChanged(part.Start, part.LengthBytes);
        }
    }
}
