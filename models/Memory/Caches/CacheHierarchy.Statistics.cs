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
        foreach (VcpuCaches caches in _vcpus)
        {
            string prefix = $"{caches.Id}.";
            if (caches.Instructions is not null)
            {
                caches.InstructionCounters.CollectAccesses(list, $"{prefix}l1i.", s_fetchRows);
                caches.InstructionCounters.CollectPrivateTraffic(list, $"{prefix}l1i.", false);
            }

            caches.DataCounters.CollectAccesses(list, $"{prefix}l1d.", s_dataRows);
            caches.DataCounters.CollectPrivateTraffic(list, $"{prefix}l1d.", true);
            caches.DataCounters.CollectWrites(list, $"{prefix}l1d.", _options.L1D);
            if (_options.L1D.Prefetcher is not null)
            {
                caches.DataCounters.CollectPrefetches(list, $"{prefix}l1d.");
            }

            if (caches.Second is not null)
            {
                caches.SecondCounters.CollectAccesses(list, $"{prefix}l2.", s_allRows);
                caches.SecondCounters.CollectPrivateTraffic(list, $"{prefix}l2.", true);
                caches.SecondCounters.CollectWrites(list, $"{prefix}l2.", _options.L2!);
                if (_options.L2!.Prefetcher is not null)
                {
                    caches.SecondCounters.CollectPrefetches(list, $"{prefix}l2.");
                }
            }

            caches.DataCounters.CollectCoherence(list, $"{prefix}coherence.");
        }

        foreach (SharedCache level in _shared)
        {
            CacheCounters sum = new();
            foreach (CacheCounters counters in level.Counters)
            {
                counters.AddTo(sum);
            }

            sum.CollectAccesses(list, $"{level.Name}.", s_allRows);
            sum.CollectReplacements(list, $"{level.Name}.");
            sum.CollectWrites(list, $"{level.Name}.", level.Options);
            for (int i = 0; i < level.Counters.Length && level.Counters.Length > 1; i++)
            {
                string prefix = $"{level.Name}.vcpu{i}.";
                level.Counters[i].CollectAccesses(list, prefix, s_allRows);
                level.Counters[i].CollectReplacements(list, prefix);
                level.Counters[i].CollectWrites(list, prefix, level.Options);
            }
        }
    }

    public void ResetStatistics()
    {
        foreach (VcpuCaches caches in _vcpus)
        {
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
