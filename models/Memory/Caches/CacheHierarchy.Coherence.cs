using System.Numerics;

namespace Dilaton.Models.Memory;

/// <summary>What one vCPU's access does to the copies of others.</summary>
public sealed partial class CacheHierarchy
{
    private void Upgrade(VcpuCaches caches, ulong line)
    {
        if (_directory is not null)
        {
            InvalidateSharers(line, caches, out _);
        }

        int second = caches.Second?.Find(line) ?? -1;
        if (second >= 0)
        {
            caches.Second!.At(second) |= TagArray.Writable;
        }
    }

    /// <summary>Takes the line from every vCPU but <paramref name="keeper"/>, whose bit stays.
    /// </summary>
    /// <returns>True if a copy was dirty.</returns>
    private bool InvalidateSharers(ulong line, VcpuCaches? keeper, out bool any)
    {
        any = false;
        bool dirty = false;
        Span<ulong> sharers = _directory!.Sharers(line);
        for (int word = 0; word < sharers.Length; word++)
        {
            ulong others = sharers[word] & ~KeeperBit(keeper, word);
            sharers[word] &= ~others;
            while (others != 0)
            {
                VcpuCaches other = _vcpus[word * 64 + BitOperations.TrailingZeroCount(others)];
                others &= others - 1;
                dirty |= other.Invalidate(line);
                any = true;
                if (keeper is not null)
                {
                    other.DataCounters.InvalidationsReceived++;
                    keeper.DataCounters.InvalidationsSent++;
                }
            }
        }

        return dirty;
    }

    private bool DowngradeSharers(ulong line, VcpuCaches reader, out bool any)
    {
        any = false;
        bool dirty = false;
        Span<ulong> sharers = _directory!.Sharers(line);
        for (int word = 0; word < sharers.Length; word++)
        {
            ulong others = sharers[word] & ~KeeperBit(reader, word);
            while (others != 0)
            {
                VcpuCaches other = _vcpus[word * 64 + BitOperations.TrailingZeroCount(others)];
                others &= others - 1;
                any = true;
                if (other.Downgrade(line, out bool wasDirty))
                {
                    other.DataCounters.DowngradesReceived++;
                    other.DataCounters.Writebacks += wasDirty ? 1UL : 0;
                    dirty |= wasDirty;
                }
            }
        }

        return dirty;
    }

    private static ulong KeeperBit(VcpuCaches? keeper, int word) =>
        keeper is not null && keeper.Id.Index >> 6 == word ? 1UL << keeper.Id.Index : 0;
}
