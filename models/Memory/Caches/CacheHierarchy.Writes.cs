using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Writes on their way outward: dirty lines that left a level, what a write-through level
/// passes on, and stores that a level does not allocate for. What a level does not keep goes on to
/// the next, from the last one behind the cut, where it needs bandwidth and stalls nobody.</summary>
public sealed partial class CacheHierarchy
{
    private void PassThrough(VcpuCaches caches, in LineAccess access)
    {
        if (_isDataThrough && access.Owns)
        {
            caches.DataCounters.WriteThroughs++;
            WriteToSecond(caches, access.Line, access);
        }
    }

    /// <summary>Modified data leaves L1D.</summary>
    private void WriteToSecond(VcpuCaches caches, ulong line, in LineAccess access)
    {
        if (caches.Second is { } second)
        {
            bool isKept = TakeWrite(second, caches.SecondCounters, _options.L2!,
                line | TagArray.Writable, out ulong victim);
            RetireSecond(caches, victim, access);
            if (isKept)
            {
                return;
            }
        }

        WriteBack(caches, 0, line, access);
    }

    /// <summary>Modified data arrives at a shared level, or at the cut.</summary>
    private void WriteBack(VcpuCaches caches, int level, ulong line, in LineAccess access)
    {
        for (; level < _shared.Length; level++)
        {
            SharedCache shared = _shared[level];
            bool isKept = TakeWrite(shared.Tags, shared.Counters[caches.Id.Index],
                shared.Options, line, out ulong victim);
            RetireShared(caches, level, victim, access);
            if (isKept)
            {
                return;
            }
        }

        AddWriteback(caches, line, access);
    }

    /// <summary>Modified data arrives at a level behind L1D.</summary>
    /// <param name="entry">The line, with the state it would have there if clean.</param>
    /// <param name="victim">The entry that had to leave for it, or 0.</param>
    /// <returns>False if it must go on.</returns>
    private bool TakeWrite(
        TagArray tags,
        CacheCounters counters,
        CacheOptions options,
        ulong entry,
        out ulong victim)
    {
        ulong line = entry & TagArray.AddressMask;
        bool isBack = options.Writes == WritePolicy.Back;
        victim = 0;
        bool isHeld = isBack ? tags.TryTakeDirty(line, isUse: !_isSilent)
            : _isSilent ? tags.Find(line) >= 0
            : tags.TryUse(line, out _);
        if (!isHeld && options.WriteMisses == WriteMissPolicy.NoAllocate)
        {
            counters.WritesAround++;
            return false;
        }

        if (!isHeld && _isSilent)
        {
            return false;
        }

        if (!isHeld)
        {
            victim = tags.Insert(entry | TagArray.Valid | (isBack ? TagArray.Dirty : 0));
        }

        counters.WriteThroughs += isBack ? 0UL : 1;
        return isBack;
    }

    /// <summary>A store that misses L1D and does not take the line there.</summary>
    private void StoreAround(VcpuCaches caches, in LineAccess access)
    {
        caches.DataCounters.WritesAround++;
        TagArray? second = caches.Second;
        if (second is null)
        {
            StoreAroundPrivate(caches, access);
            return;
        }

        if (_options.L2!.WriteMisses == WriteMissPolicy.NoAllocate
            && second.Find(access.Line) < 0)
        {
            caches.SecondCounters.Miss(access.Class);
            caches.SecondCounters.WritesAround++;
            StoreAroundPrivate(caches, access);
            return;
        }

        Fill(caches, access, out LineSource source);
        if (_options.L2!.Writes == WritePolicy.Back)
        {
            second.TryTakeDirty(access.Line, isUse: false);
        }
        else
        {
            caches.SecondCounters.WriteThroughs++;
            WriteBack(caches, 0, access.Line, access);
        }

        TrainSecond(caches, access, source);
        access.AddMiss(source);
    }

    /// <summary>A store that no private level of its vCPU takes: others lose their copies, and the
    /// first shared level that holds the line or allocates for it has it.</summary>
    private void StoreAroundPrivate(VcpuCaches caches, in LineAccess access)
    {
        bool isSupplied = false;
        if (_directory is not null)
        {
            InvalidateSharers(access.Line, caches, out isSupplied);
            if (!caches.Holds(access.Line))
            {
                _directory.Forget(access.Line);
            }
        }

        int level = 0;
        while (level < _shared.Length
            && _shared[level].Options.WriteMisses == WriteMissPolicy.NoAllocate
            && _shared[level].Tags.Find(access.Line) < 0)
        {
            _shared[level].Counters[caches.Id.Index].Miss(access.Class);
            _shared[level].Counters[caches.Id.Index].WritesAround++;
            level++;
        }

        if (level == _shared.Length)
        {
            uint toCut = caches.DataToCutCycles;
            AddWriteback(caches, access.Line, access);
            access.AddMiss(
                isSupplied ? Math.Max(toCut, caches.CoherenceCycles) : toCut, behindCut: false);
            return;
        }

        FillShared(caches, access, level, isSupplied, out uint cycles, out bool behindCut);
        SharedCache shared = _shared[level];
        if (shared.Options.Writes == WritePolicy.Back)
        {
            shared.Tags.TryTakeDirty(access.Line, isUse: false);
        }
        else
        {
            shared.Counters[caches.Id.Index].WriteThroughs++;
            WriteBack(caches, level + 1, access.Line, access);
        }

        access.AddMiss(cycles, behindCut);
    }

    private static void AddWriteback(VcpuCaches caches, ulong line, in LineAccess access) =>
        access.Misses.AddWriteback(line, access.Offset, caches.DataToCutCycles);
}
