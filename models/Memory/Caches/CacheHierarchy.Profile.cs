using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Demand misses of a vCPU, level by level.</summary>
public sealed partial class CacheHierarchy : IMissCounts
{
    private List<string>? _missNames;

    public IReadOnlyList<string> MissNames => _missNames ??= NameMisses();

    public void ReadMisses(VcpuId vcpu, Span<ulong> counts)
    {
        VcpuCaches caches = _vcpus[vcpu.Index];
        int at = 0;
        if (caches.Instructions is not null)
        {
            counts[at++] = caches.InstructionCounters.Misses(AccessClass.Fetch);
        }

        counts[at++] = caches.DataCounters.Misses(AccessClass.Load);
        counts[at++] = caches.DataCounters.Misses(AccessClass.Store);
        if (caches.Second is not null)
        {
            counts[at++] = DemandMisses(caches.SecondCounters);
        }

        foreach (SharedCache level in _shared)
        {
            counts[at++] = DemandMisses(level.Counters[vcpu.Index]);
        }
    }

    private static ulong DemandMisses(CacheCounters counters) => counters.Misses(AccessClass.Load)
        + counters.Misses(AccessClass.Store) + counters.Misses(AccessClass.Fetch);

    private List<string> NameMisses()
    {
        List<string> names = [];
        if (_vcpus[0].Instructions is not null)
        {
            names.Add("l1iMisses");
        }

        names.AddRange(["l1dLoadMisses", "l1dStoreMisses"]);
        if (_vcpus[0].Second is not null)
        {
            names.Add("l2Misses");
        }

        names.AddRange(_shared.Select(level => $"{level.Name}Misses"));
        return names;
    }
}
