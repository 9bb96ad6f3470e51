using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>mremap and brk.</summary>
internal sealed partial class AddressSpace
{
    private ulong _heapStart;
    private ulong _heapEnd;

    /// <summary>Says where the heap begins: behind the program's image.</summary>
    public void SetHeap(ulong start)
    {
        _heapStart = GuestPage.Ceiling(start);
        _heapEnd = _heapStart;
    }

    /// <summary>brk: moves the end of the heap, or leaves it if that can't be.</summary>
    /// <returns>The end of the heap.</returns>
    public ulong SetHeapEnd(ulong end)
    {
        if (end < _heapStart || end > Window.ModulesStart)
        {
            return _heapEnd;
        }

        ulong oldTop = GuestPage.Ceiling(_heapEnd);
        ulong newTop = GuestPage.Ceiling(end);
        if (newTop < oldTop)
        {
            RemoveRange(newTop, oldTop);
        }
        else if (newTop > oldTop)
        {
            long mapped = Map(new MapRequest
            {
                Address = oldTop,
                LengthBytes = newTop - oldTop,
                Protection = GuestProtection.Read | GuestProtection.Write,
                Placement = MapPlacement.FixedNoReplace,
                Kind = AreaKind.Heap,
            });
            if (mapped < 0)
            {
                return _heapEnd;
            }
        }

        _heapEnd = end;
        return end;
    }

    /// <summary>mremap.</summary>
    /// <param name="target">Where to, for MREMAP_FIXED.</param>
    public long Remap(
        ulong start, ulong oldLengthBytes, ulong newLengthBytes, bool mayMove, ulong? target)
    {
        bool isSecondView = oldLengthBytes == 0;
        if (newLengthBytes == 0
            || newLengthBytes > GuestLayout.WindowSizeBytes
            || !TryRange(start, isSecondView ? 1 : oldLengthBytes, out ulong oldEnd))
        {
            return -Errno.EINVAL;
        }

        ulong oldLength = oldEnd - start;
        ulong newLength = GuestPage.Ceiling(newLengthBytes);
        if (target is { } t
            && ((t & GuestPage.OffsetMask) != 0
                || (t < oldEnd && start < t + newLength)
                || !IsGuests(t, newLength)))
        {
            return -Errno.EINVAL;
        }

        if (isSecondView)
        {
            return MapAgain(start, newLength, mayMove, target);
        }

        List<MemoryArea> parts = _areas.Within(start, oldEnd);
        if (parts.Count != 1 || parts[0].LengthBytes != oldLength)
        {
            return -Errno.EFAULT;
        }

        if (target is null && newLength <= oldLength)
        {
            if (newLength < oldLength)
            {
                RemoveRange(start + newLength, oldEnd);
            }

            return (long)start;
        }

        return Grow(parts[0], newLength, mayMove, target);
    }

    /// <summary>One more mapping of what a shared one shows from an address on.</summary>
    private long MapAgain(ulong start, ulong lengthBytes, bool mayMove, ulong? target)
    {
        if (!_areas.TryFind(start, out MemoryArea area))
        {
            return -Errno.EFAULT;
        }

        if (area.Kind != AreaKind.SharedFile)
        {
            return -Errno.EINVAL;
        }

        ulong replaced = target is { } t ? CommittedWithin(t, t + lengthBytes) : 0;
        long placed = !mayMove || (area.IsCommitted && Exceeds(lengthBytes, replaced)) ? -Errno.ENOMEM
            : target is { } fixedTo ? (long)fixedTo
            : Place(new MapRequest
            {
                LengthBytes = lengthBytes,
                Protection = area.Protection,
                Kind = area.Kind,
            });
        if (placed < 0)
        {
            return placed;
        }

        ulong to = (ulong)placed;
        ulong offset = area.FileOffset + (start - area.Start);
        RemoveRange(to, to + lengthBytes);
        int error = _memory.MapFile(
            to,
            lengthBytes,
            HostOf(area.Kind, area.Protection),
            _node.HandleOf(area.File!),
            checked((long)offset));
        if (error != 0)
        {
            return -error;
        }

        _areas.Insert(area with { Start = to, End = to + lengthBytes, FileOffset = offset });
        return placed;
    }

    private long Grow(in MemoryArea old, ulong newLength, bool mayMove, ulong? target)
    {
        // A private file mapping is a copy: there is nothing to fill its growth from. A window lies
        // where it was mapped.
        ulong added = newLength > old.LengthBytes ? newLength - old.LengthBytes : 0;
        ulong replaced = target is { } to ? CommittedWithin(to, to + newLength) : 0;
        if (old.Kind == AreaKind.Window
            || (old.Kind == AreaKind.PrivateFile && added > 0)
            || (old.IsCommitted && Exceeds(added, replaced)))
        {
            return -Errno.ENOMEM;
        }

        if (target is null
            && old.File is null
            && IsGuests(old.Start, newLength)
            && _areas.IsFree(old.End, old.End + added))
        {
            _memory.Map(old.End, added, HostOf(old.Kind, old.Protection));
            _areas.Insert(old with { Start = old.End, End = old.End + added });
            return (long)old.Start;
        }

        if (!mayMove)
        {
            return -Errno.ENOMEM;
        }

        long placed = target is { } fixedTo ? (long)fixedTo : Place(new MapRequest
        {
            LengthBytes = newLength,
            Protection = old.Protection,
            Kind = old.Kind,
        });
        if (placed >= 0)
        {
            Move(old, (ulong)placed, newLength);
        }

        return placed;
    }

    private void Move(in MemoryArea old, ulong to, ulong newLength)
    {
        ulong kept = Math.Min(old.LengthBytes, newLength);
        RemoveRange(to, to + newLength);
        ForgetCode(old.Start, old.End);
        if (_node.Options.Addressing == MemoryAddressing.FirstTouch)
        {
            _frames.Move(
                old.Start >> GuestPage.Shift,
                (old.Start + kept) >> GuestPage.Shift,
                to >> GuestPage.Shift);
        }

        if (old.Kind == AreaKind.SharedFile)
        {
            _memory.MoveFile(old.Start, old.LengthBytes, to, newLength);
        }
        else
        {
            _memory.Map(to, newLength, HostProtection.ReadWrite);
            _memory.Protect(old.Start, kept, HostProtection.Read);
            _memory.CopyTouched(old.Start, to, kept);
            _memory.Protect(to, newLength, HostOf(old.Kind, old.Protection));
        }

        RemoveRange(old.Start, old.End);
        _areas.Insert(old with { Start = to, End = to + newLength });
    }
}
