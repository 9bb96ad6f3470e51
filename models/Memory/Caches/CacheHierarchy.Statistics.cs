using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Counters and inspection.</summary>
public sealed partial class CacheHierarchy
{
    private static readonly AccessClass[] s_fetchRows = [AccessClass.Fetch];

    private static readonly AccessClass[] s_dataRows =
        [AccessClass.Load, AccessClass.Store, AccessClass.Kernel, AccessClass.Prefetch];

    private static readonly AccessClass[] s_allRows =
    [
        AccessClass.Load, AccessClass.Store, AccessClass.Fetch, AccessClass.Kernel,
        AccessClass.Prefetch,
    ];

    public void Collect(StatisticsList list)
    {
        AccessClass[] dataRows = RowsOf(s_dataRows);
        AccessClass[] allRows = RowsOf(s_allRows);
        foreach (VcpuCaches caches in _vcpus)
        {
            string prefix = $"{caches.Id}.";
            if (caches.Instructions is not null)
            {
                caches.InstructionCounters.CollectAccesses(list, $"{prefix}l1i.", s_fetchRows);
                caches.InstructionCounters.CollectPrivateTraffic(list, $"{prefix}l1i.", false);
            }

            caches.DataCounters.CollectAccesses(list, $"{prefix}l1d.", dataRows);
            caches.DataCounters.CollectPrivateTraffic(list, $"{prefix}l1d.", true);
            caches.DataCounters.CollectWrites(list, $"{prefix}l1d.", _options.L1D);
            if (_options.L1D.Prefetcher is not null)
            {
                caches.DataCounters.CollectPrefetches(list, $"{prefix}l1d.");
            }

            if (caches.Second is not null)
            {
                caches.SecondCounters.CollectAccesses(list, $"{prefix}l2.", allRows);
                caches.SecondCounters.CollectPrivateTraffic(list, $"{prefix}l2.", true);
                caches.SecondCounters.CollectWrites(list, $"{prefix}l2.", _options.L2!);
                if (_options.L2!.Prefetcher is not null)
                {
                    caches.SecondCounters.CollectPrefetches(list, $"{prefix}l2.");
                }
            }

            caches.DataCounters.CollectCoherence(list, $"{prefix}coherence.", _isInclusive);
            CollectTranslation(list, caches, prefix);
        }

        foreach (SharedCache level in _shared)
        {
            CacheCounters sum = new();
            foreach (CacheCounters counters in level.Counters)
            {
                counters.AddTo(sum);
            }

            sum.CollectAccesses(list, $"{level.Name}.", allRows);
            sum.CollectReplacements(list, $"{level.Name}.");
            sum.CollectWrites(list, $"{level.Name}.", level.Options);
            for (int i = 0; i < level.Counters.Length && level.Counters.Length > 1; i++)
            {
                string prefix = $"{level.Name}.vcpu{i}.";
                level.Counters[i].CollectAccesses(list, prefix, allRows);
                level.Counters[i].CollectReplacements(list, prefix);
                level.Counters[i].CollectWrites(list, prefix, level.Options);
            }
        }
    }

    private AccessClass[] RowsOf(AccessClass[] rows) =>
        _options.Translation is null ? rows : [.. rows, AccessClass.Walk];

    private static void CollectTranslation(
        StatisticsList list, VcpuCaches caches, string prefix)
    {
        if (caches.Tlbs is not { } tlbs)
        {
            return;
        }

        if (caches.Instructions is not null)
        {
            tlbs.FetchCounters.Collect(list, $"{prefix}itlb.");
        }

        tlbs.DataCounters.Collect(list, $"{prefix}dtlb.");
        if (tlbs.HasSecond)
        {
            tlbs.SecondCounters.Collect(list, $"{prefix}stlb.");
        }

        list.Count($"{prefix}tlb.walks", tlbs.Walks, "Count", "walks of the page table");
        list.Count($"{prefix}tlb.walkReads", tlbs.WalkReads, "Count", "entries that they read");
    }

    public void ResetStatistics()
    {
        foreach (VcpuCaches caches in _vcpus)
        {
            caches.Tlbs?.ResetStatistics();
            caches.InstructionCounters.Reset();
            caches.DataCounters.Reset();
            caches.SecondCounters.Reset();
        }

        foreach (SharedCache level in _shared)
        {
            foreach (CacheCounters counters in level.Counters)
            {
                counters.Reset();
            }
        }
    }

    /// <summary>State of the line in the vCPU's caches taken together.</summary>
    public LineState Inspect(VcpuId vcpu, GuestPhysicalAddress line)
    {
        VcpuCaches caches = _vcpus[vcpu.Index];
        ulong entry = Entry(caches.Data, line.Value) | Entry(caches.Second, line.Value)
            | Entry(caches.Instructions, line.Value);
        return (entry & (TagArray.Valid | TagArray.Writable | TagArray.Dirty)) switch
        {
            0 => LineState.Invalid,
            TagArray.Valid => LineState.Shared,
            TagArray.Valid | TagArray.Writable => LineState.Exclusive,
            _ => LineState.Modified,
        };
    }

    internal int VcpuCount => _vcpus.Length;

    internal VcpuCaches Vcpu(int index) => _vcpus[index];

    internal IReadOnlyList<SharedCache> Shared => _shared;

    internal LineDirectory? Directory => _directory;

    private static ulong Entry(TagArray? tags, ulong line)
    {
        int slot = tags?.Find(line) ?? -1;
        return slot < 0 ? 0 : tags!.At(slot);
    }
}
