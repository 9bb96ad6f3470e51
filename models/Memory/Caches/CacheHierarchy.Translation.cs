using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Translation of addresses. What it takes comes before the access, as misses of kind
/// fetch, which the core waits for whole:
/// <code>
///   first level ──miss──> second level ──miss──> walk: reads of the page table, outermost level
///       │ hit: 0               │ hit: its cycles     first, one after the other, through L1D
/// </code></summary>
public sealed partial class CacheHierarchy
{
    private void Translate(
        VcpuCaches caches, ulong line, MemoryEventKind kind, uint offset, MissBuffer misses)
    {
        bool isFetch = kind == MemoryEventKind.Fetch;
        if (isFetch ? caches.Instructions is null : !IsData(kind))
        {
            return;
        }

        VcpuTlbs tlbs = caches.Tlbs!;
        ulong page = GuestPage.Floor(line);
        if (tlbs.TryFirst(page, isFetch))
        {
            return;
        }

        uint cycles = tlbs.HasSecond ? tlbs.SecondCycles : 0;
        if (!tlbs.TrySecond(page))
        {
            tlbs.Walks++;
            for (int level = tlbs.WalkLevels(page) - 1; level >= 0; level--)
            {
                tlbs.WalkReads++;
                ulong entry = PageTableAddress.Of(level, page) & _lineMask;
                cycles = ReadTable(caches, entry, cycles, offset, !isFetch, misses);
            }
        }

        if (cycles > 0)
        {
            misses.Add(new CacheMiss(line, offset, cycles, MemoryEventKind.Fetch, false)
            {
                IsDataWalk = !isFetch,
            });
        }
    }

    private static bool IsData(MemoryEventKind kind) => kind is MemoryEventKind.Load
        or MemoryEventKind.Store or MemoryEventKind.Atomic or MemoryEventKind.Modify;

    /// <param name="cycles">That have passed since the last answer from behind the cut.</param>
    /// <returns>The same, after the read.</returns>
    private uint ReadTable(
        VcpuCaches caches, ulong line, uint cycles, uint offset, bool isForData, MissBuffer misses)
    {
        LineAccess access = new()
        {
            Line = line,
            Offset = offset,
            Kind = MemoryEventKind.Fetch,
            Class = AccessClass.Walk,
            Owns = false,
            Misses = misses,
        };
        if (caches.Data.TryUse(line, out _))
        {
            caches.DataCounters.Hit(AccessClass.Walk);
            return cycles + caches.DataCycles;
        }

        caches.DataCounters.Miss(AccessClass.Walk);
        ulong state = Fill(caches, access, out LineSource source);
        RetireData(caches, caches.Data.Insert(line | TagArray.Valid | state), access);
        if (!source.BehindCut)
        {
            return cycles + source.Cycles;
        }

        misses.Add(new CacheMiss(
            line, offset, cycles + source.Cycles, MemoryEventKind.Fetch, true)
        {
            IsDataWalk = isForData,
        });
        return 0;
    }
}
