using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Hardware prefetchers. Each learns of a line that its vCPU wants once that line is where
/// it belongs, so that what is brought can't get between. A prefetch passes the cut a cycle after
/// the access that caused it; its record comes before that access's, whose answer the core may
/// wait for.</summary>
public sealed partial class CacheHierarchy
{
    private void TrainData(VcpuCaches caches, in LineAccess access)
    {
        if (caches.DataPrefetcher is not { } prefetcher || access.Class == AccessClass.Kernel)
        {
            return;
        }

        Span<ulong> targets = stackalloc ulong[PrefetcherOptions.DegreeMax];
        int count = prefetcher.Want(access.Line, targets);
        for (int i = 0; i < count; i++)
        {
            if (caches.Data.Find(targets[i]) < 0)
            {
                PrefetchData(caches, PrefetchOf(targets[i], access));
            }
        }
    }

    private void TrainSecond(VcpuCaches caches, in LineAccess access, in LineSource source)
    {
        if (caches.SecondPrefetcher is not { } prefetcher
            || !source.TrainsSecond
            || access.Class == AccessClass.Kernel)
        {
            return;
        }

        Span<ulong> targets = stackalloc ulong[PrefetcherOptions.DegreeMax];
        int count = prefetcher.Want(access.Line, targets);
        for (int i = 0; i < count; i++)
        {
            // A line in L1 alone is the core's already.
            if (!caches.Holds(targets[i]))
            {
                PrefetchSecond(caches, PrefetchOf(targets[i], access));
            }
        }
    }

    private static LineAccess PrefetchOf(ulong line, in LineAccess cause) => new()
    {
        Line = line,
        Offset = cause.Offset,
        Kind = MemoryEventKind.Prefetch,
        Class = AccessClass.Prefetch,
        Owns = false,
        Misses = cause.Misses,
    };

    private void PrefetchData(VcpuCaches caches, in LineAccess access)
    {
        caches.DataCounters.PrefetchesIssued++;
        ulong state = Fill(caches, access, out LineSource source) | TagArray.Prefetched;
        ulong victim = caches.Data.InsertSecond(access.Line | TagArray.Valid | state);
        RetireData(caches, victim, access);
        TrainSecond(caches, access, source);
        access.AddMiss(Later(source));
    }

    private void PrefetchSecond(VcpuCaches caches, in LineAccess access)
    {
        caches.SecondCounters.PrefetchesIssued++;
        ulong state = FillPastPrivate(caches, access, out uint cycles, out bool behindCut)
            | TagArray.Prefetched;
        ulong victim = caches.Second!.Insert(access.Line | TagArray.Valid | state);
        RetireSecond(caches, victim, access);
        access.AddMiss(Later(new LineSource(cycles, behindCut, false, false)));
    }

    private static LineSource Later(in LineSource source) =>
        source with { Cycles = source.Cycles + 1 };
}
