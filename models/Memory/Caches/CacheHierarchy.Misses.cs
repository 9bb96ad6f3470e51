using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What happens from L1 outward.</summary>
public sealed partial class CacheHierarchy
{
    private void AccessData(VcpuCaches caches, in LineAccess access)
    {
        TagArray data = caches.Data;
        CacheCounters counters = caches.DataCounters;
        if (access.Class == AccessClass.Kernel)
        {
            DropMruUnless(access.Line, caches);
        }

        int slot = data.Find(access.Line);
        if (slot >= 0)
        {
            ref ulong entry = ref data.Touch(access.Line, slot);
            bool isFirstUse = (entry & TagArray.Prefetched) != 0;
            entry &= ~TagArray.Prefetched;
            bool isHit = !access.Owns || (entry & TagArray.Writable) != 0;
            entry |= OwnedState(access);
            if (isHit)
            {
                counters.Hit(access.Class);
            }
            else
            {
                Upgrade(caches, access.Line);
                counters.Miss(access.Class);
                counters.Upgrades++;
            }

            PassThrough(caches, access);
            AnswerHeld(caches, access, isHit, isFirstUse);
            return;
        }

        MissData(caches, access);
    }

    /// <summary>L1D had the line: what the core waits for nevertheless.</summary>
    private void AnswerHeld(
        VcpuCaches caches, in LineAccess access, bool isHit, bool isFirstUse)
    {
        if (isFirstUse)
        {
            caches.DataCounters.PrefetchesUseful++;
            TrainData(caches, access);
        }

        // A store goes on without the line.
        bool waits = isFirstUse && access.Kind != MemoryEventKind.Store;
        if (!isHit || waits)
        {
            uint cycles = isHit ? caches.DataCycles : caches.CoherenceCycles;
            access.AddMiss(new LineSource(cycles, false, waits, false));
        }
    }

    /// <summary>What becomes of the state of a line in L1D.</summary>
    private ulong OwnedState(in LineAccess access) => !access.Owns ? 0
        : _isDataThrough ? TagArray.Writable
        : TagArray.Writable | TagArray.Dirty;

    /// <summary>HOT: per L1D miss.</summary>
    private void MissData(VcpuCaches caches, in LineAccess access)
    {
        caches.DataCounters.Miss(access.Class);
        if (_isDataAround && access.Kind is (MemoryEventKind.Store or MemoryEventKind.KernelStore))
        {
            StoreAround(caches, access);
            return;
        }

        ulong state = Fill(caches, access, out LineSource source);
        state |= OwnedState(access);
        RetireData(caches, caches.Data.Insert(access.Line | TagArray.Valid | state), access);
        PassThrough(caches, access);
        if (caches.SecondPrefetcher is not null)
        {
            TrainSecond(caches, access, source);
        }

        if (caches.DataPrefetcher is not null)
        {
            TrainData(caches, access);
        }

        access.AddMiss(source);
    }

    private void AccessInstructions(VcpuCaches caches, in LineAccess access)
    {
        TagArray? instructions = caches.Instructions;
        if (instructions is null)
        {
            return;
        }

        if (instructions.TryUse(access.Line, out _))
        {
            caches.InstructionCounters.Hit(AccessClass.Fetch);
            return;
        }

        caches.InstructionCounters.Miss(AccessClass.Fetch);
        Fill(caches, access, out LineSource source);
        ulong victim = instructions.Insert(access.Line | TagArray.Valid);
        if (victim != 0)
        {
            caches.InstructionCounters.Replacements++;
            Leave(caches, victim & TagArray.AddressMask);
        }

        if (caches.SecondPrefetcher is not null)
        {
            TrainSecond(caches, access, source);
        }

        access.AddMiss(source);
    }

    /// <summary>Fills the second place of the set and leaves a hit where it is: whatever a filter
    /// holds stays the most recently used line. A direct-mapped L1D has no second place and ignores
    /// prefetches.</summary>
    private void Prefetch(VcpuCaches caches, in LineAccess access)
    {
        TagArray data = caches.Data;
        if (data.Find(access.Line) >= 0)
        {
            caches.DataCounters.Hit(AccessClass.Prefetch);
            return;
        }

        caches.DataCounters.Miss(AccessClass.Prefetch);
        if (data.Ways == 1)
        {
            return;
        }

        ulong state = Fill(caches, access, out LineSource source);
        ulong victim = data.InsertSecond(access.Line | TagArray.Valid | state);
        RetireData(caches, victim, access);
        if (caches.SecondPrefetcher is not null)
        {
            TrainSecond(caches, access, source);
        }

        access.AddMiss(source);
    }

    /// <summary>Takes the line out of every cache of the node.</summary>
    private void Flush(VcpuCaches caches, in LineAccess access)
    {
        bool dirty = false;
        if (_directory is null)
        {
            dirty = caches.Invalidate(access.Line);
        }
        else
        {
            dirty = InvalidateSharers(access.Line, null, out _);
            _directory.Forget(access.Line);
        }

        foreach (SharedCache level in _shared)
        {
            dirty |= (level.Tags.Remove(access.Line, out _) & TagArray.Dirty) != 0;
        }

        if (dirty)
        {
            AddWriteback(caches, access.Line, access);
        }
    }

    /// <summary>A copy of the node kernel changes LRU order without the filter's knowledge.</summary>
    private static void DropMruUnless(ulong line, VcpuCaches caches)
    {
        ulong mru = caches.Data.Mru(line);
        if (mru != 0 && (mru & TagArray.AddressMask) != line)
        {
            caches.Drops.Add(mru & TagArray.AddressMask);
        }
    }

    /// <summary>Brings the line to where L1 can take it.</summary>
    /// <returns><see cref="TagArray.Writable"/> or 0.</returns>
    private ulong Fill(VcpuCaches caches, in LineAccess access, out LineSource source)
    {
        TagArray? second = caches.Second;
        bool isFirstUse = false;
        if (second is not null && second.TryUse(access.Line, out ulong entry))
        {
            if ((entry & TagArray.Prefetched) != 0)
            {
                isFirstUse = true;
                second.ClearPrefetched(access.Line);
                caches.SecondCounters.PrefetchesUseful++;
            }

            if (!access.Owns || (entry & TagArray.Writable) != 0)
            {
                caches.SecondCounters.Hit(access.Class);
                source = new LineSource(caches.SecondCycles, false, isFirstUse, isFirstUse);
                return entry & TagArray.Writable;
            }

            caches.SecondCounters.Miss(access.Class);
            caches.SecondCounters.Upgrades++;
            Upgrade(caches, access.Line);
            source = new LineSource(caches.CoherenceCycles, false, isFirstUse, isFirstUse);
            return TagArray.Writable;
        }

        ulong writable = FillPastPrivate(caches, access, out uint cycles, out bool behindCut);
        source = new LineSource(cycles, behindCut, false, TrainsSecond: second is not null);
        if (second is not null)
        {
            caches.SecondCounters.Miss(access.Class);
            RetireSecond(caches, second.Insert(access.Line | TagArray.Valid | writable), access);
        }

        return writable;
    }

    private ulong FillPastPrivate(
        VcpuCaches caches, in LineAccess access, out uint cycles, out bool behindCut)
    {
        bool isSupplied = false;
        bool isDirty = false;
        ulong writable = TagArray.Writable;
        if (_directory is not null)
        {
            if (access.Owns)
            {
                InvalidateSharers(access.Line, caches, out isSupplied);
            }
            else
            {
                isDirty = DowngradeSharers(access.Line, caches, out isSupplied);
                writable = isSupplied ? 0 : TagArray.Writable;
                int own = access.Class == AccessClass.Fetch ? caches.Data.Find(access.Line) : -1;
                writable = own >= 0 ? caches.Data.At(own) & TagArray.Writable : writable;
            }

            _directory.Add(access.Line, caches.Id.Index);
        }

        FillShared(caches, access, 0, isSupplied, out cycles, out behindCut);
        if (isDirty)
        {
            WriteBack(caches, 0, access.Line, access);
        }

        return writable;
    }

    /// <summary>The outermost level is filled as it is searched, those before it once all have been
    /// searched, from the cut inward.</summary>
    /// <param name="first">The nearest level that is asked and filled.</param>
    /// <param name="isSupplied">Another vCPU's cache answers where the nearest shared level
    /// does not.</param>
    private void FillShared(
        VcpuCaches caches,
        in LineAccess access,
        int first,
        bool isSupplied,
        out uint cycles,
        out bool behindCut)
    {
        int reach = isSupplied ? Math.Min(first + 1, _shared.Length) : _shared.Length;
        int level = first;
        _fills++;
        behindCut = false;
        cycles = caches.CoherenceCycles;
        while (level < reach)
        {
            SharedCache shared = _shared[level];
            CacheCounters counters = shared.Counters[caches.Id.Index];
            ulong victim = 0;
            bool isLast = level == reach - 1;
            bool found = isLast
                ? shared.Tags.UseOrInsert(access.Line, out victim)
                : shared.Tags.TryUse(access.Line, out _);
            if (found)
            {
                counters.Hit(access.Class);
                cycles = caches.SharedCycles[level];
                break;
            }

            counters.Miss(access.Class);
            if (isLast)
            {
                RetireShared(caches, level, victim, access);
            }

            level++;
        }

        if (level == _shared.Length && !isSupplied)
        {
            behindCut = true;
            cycles = access.Class == AccessClass.Fetch
                ? caches.FetchToCutCycles
                : caches.DataToCutCycles;
        }

        for (int i = Math.Min(level, reach - 1) - 1; i >= first; i--)
        {
            ulong victim = _shared[i].Tags.Insert(access.Line | TagArray.Valid);
            RetireShared(caches, i, victim, access);
        }
    }
}
