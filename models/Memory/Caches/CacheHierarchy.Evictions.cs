using System.Numerics;
using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What happens to lines that leave a level.</summary>
public sealed partial class CacheHierarchy
{
    private void RetireData(VcpuCaches caches, ulong victim, in LineAccess access)
    {
        if (victim == 0)
        {
            return;
        }

        ulong line = victim & TagArray.AddressMask;
        caches.DataCounters.Replacements++;
        caches.DataCounters.PrefetchesUseless += (victim & TagArray.Prefetched) != 0 ? 1UL : 0;
        if ((victim & TagArray.Dirty) != 0)
        {
            caches.DataCounters.Writebacks++;
            WriteToSecond(caches, line, access);
        }

        Leave(caches, line);
    }

    private void RetireSecond(VcpuCaches caches, ulong victim, in LineAccess access)
    {
        if (victim == 0)
        {
            return;
        }

        ulong line = victim & TagArray.AddressMask;
        bool dirty = (victim & TagArray.Dirty) != 0;
        caches.SecondCounters.Replacements++;
        caches.SecondCounters.PrefetchesUseless += (victim & TagArray.Prefetched) != 0 ? 1UL : 0;
        if (_isInclusive)
        {
            bool wasInFirst = caches.Data.Find(line) >= 0
                || caches.Instructions?.Find(line) >= 0;
            caches.DataCounters.BackInvalidations += wasInFirst ? 1UL : 0;
            dirty |= caches.InvalidateFirst(line);
        }

        if (dirty)
        {
            caches.SecondCounters.Writebacks++;
            WriteBack(caches, 0, line, access);
        }

        Leave(caches, line);
    }

    private void RetireShared(VcpuCaches caches, int level, ulong victim, in LineAccess access)
    {
        if (victim == 0)
        {
            return;
        }

        ulong line = victim & TagArray.AddressMask;
        bool dirty = (victim & TagArray.Dirty) != 0;
        CacheCounters counters = _shared[level].Counters[caches.Id.Index];
        counters.Replacements++;
        if (_isInclusive)
        {
            dirty |= BackInvalidate(level, line);
        }

        if (dirty)
        {
            counters.Writebacks++;
            WriteBack(caches, level + 1, line, access);
        }
    }

    /// <summary>Takes the line out of every cache nearer to the cores than the shared level.
    /// </summary>
    /// <returns>True if a copy was dirty.</returns>
    private bool BackInvalidate(int level, ulong line)
    {
        bool dirty = false;
        for (int i = 0; i < level; i++)
        {
            dirty |= (_shared[i].Tags.Remove(line, out _) & TagArray.Dirty) != 0;
        }

        if (_directory is null)
        {
            return BackInvalidate(_vcpus[0], line) | dirty;
        }

        ReadOnlySpan<ulong> sharers = _directory.Sharers(line);
        for (int word = 0; word < sharers.Length; word++)
        {
            for (ulong bits = sharers[word]; bits != 0; bits &= bits - 1)
            {
                int index = word * 64 + BitOperations.TrailingZeroCount(bits);
                dirty |= BackInvalidate(_vcpus[index], line);
            }
        }

        _directory.Forget(line);
        return dirty;
    }

    private static bool BackInvalidate(VcpuCaches caches, ulong line)
    {
        caches.DataCounters.BackInvalidations += caches.Holds(line) ? 1UL : 0;
        return caches.Invalidate(line);
    }

    /// <summary>A copy left one of the vCPU's caches: if it was the last, the directory learns it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Leave(VcpuCaches caches, ulong line)
    {
        if (_directory is not null && !caches.Holds(line))
        {
            _directory.Remove(line, caches.Id.Index);
        }
    }
}
