using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Private L1I, L1D and L2 of each vCPU, shared levels, and a full-map directory over the
/// private ones.
/// <code>
///   vcpu0: L1I L1D      vcpu1: L1I L1D     misses look outward: own L2, then the directory
///            L2                  L2        (who else has the line), then the shared levels,
///   ───────── directory ────────────       then the cut. The level that answers sets the
///                  L3                      latency; every level on the way is filled.
///   ────────────── cut ─────────────
/// </code>
/// State is exact, latency flat. The unit of coherence is the vCPU: one vCPU may write a line, or
/// many may read it. See docs/models.md.</summary>
public sealed partial class CacheHierarchy : ICacheHierarchy, IStatisticsSource
{
    public const int VcpuCountMax = 4096;

    private const int WarmCount = 32;

    private readonly HierarchyOptions _options;
    private readonly VcpuCaches[] _vcpus;
    private readonly SharedCache[] _shared;
    private readonly LineDirectory? _directory;
    private readonly ulong _lineMask;
    private readonly bool _isInclusive;
    private readonly bool _isSilent;
    private readonly bool _isDataThrough;
    private readonly bool _isDataAround;

    /// <summary>Both L1 are in LRU order, and a store that hits is no concern of other levels.
    /// </summary>
    private readonly bool _isPlain;
    private readonly bool _countsModifyStore;
    private ulong _warmed;
    private int _fills;

    /// <param name="key">Path of the options in the job, for messages.</param>
    /// <param name="clocks">One per vCPU.</param>
    public CacheHierarchy(string key, HierarchyOptions options, IReadOnlyList<Frequency> clocks)
    {
        if (clocks.Count is < 1 or > VcpuCountMax)
        {
            throw new ConfigException(key, $"{clocks.Count} vCPUs are not in 1..{VcpuCountMax}");
        }

        options.Validate(key, clocks);
        _options = options;
        _vcpus = new VcpuCaches[clocks.Count];
        Frequency fastest = clocks.Max();
        for (int i = 0; i < _vcpus.Length; i++)
        {
            _vcpus[i] = new VcpuCaches(options.Of(i), new VcpuId(i), clocks[i], fastest);
        }

        List<SharedCache> shared = [];
        if (options.L2 is not null && options.L2Sharing == CacheSharing.Shared)
        {
            shared.Add(new SharedCache("l2", options.L2, 4UL << 32, clocks.Count));
        }

        if (options.L3 is not null)
        {
            shared.Add(new SharedCache("l3", options.L3, 5UL << 32, clocks.Count));
        }

        _shared = [.. shared];
        _directory = clocks.Count > 1 ? new LineDirectory(clocks.Count) : null;
        _lineMask = ~((ulong)options.L1D.LineSizeBytes - 1);
        _isInclusive = options.Inclusion == InclusionPolicy.Inclusive;
        _isDataThrough = options.L1D.Writes == WritePolicy.Through;
        _isDataAround = options.L1D.WriteMisses == WriteMissPolicy.NoAllocate;
        _isPlain = options.HasPlainFirstLevel;
        _isSilent = options.Writebacks == WritebackPolicy.Silent;
        _countsModifyStore = options.Modifies == ModifyCounting.LoadAndStore;
        LoadHitCycles = options.L1D.Latency.ToCycles(clocks[0]);
    }

    public bool HasPrefetcher =>
        _options.L1D.Prefetcher is not null || _options.L2?.Prefetcher is not null;

    /// <summary>An inclusive level behind L1 could take a line from it at another line's access.</summary>
    public bool HasSureHits => _isPlain && !_isInclusive && FilterGroups > 1;

    public int LineSizeBytes => _options.L1D.LineSizeBytes;

    public uint LoadHitCycles { get; }

    /// <summary>See <see cref="HierarchyOptions.FilterGroups"/>.</summary>
    public int FilterGroups => _options.FilterGroups;

    public int FetchFilterGroups => _options.FetchFilterGroups;

    public ReadOnlySpan<GuestPhysicalAddress> TakeDroppedLines(VcpuId vcpu) =>
        _vcpus[vcpu.Index].Drops.Take();

    public void Access(in MemoryEventBlock block, MissBuffer misses)
    {
        VcpuCaches caches = _vcpus[block.Vcpu.Index];
        CountSuppressed(caches, block.Suppressed);
        CountSuppressed(caches, block.SureHits);
        for (int at = 0; at < block.Count; at += WarmCount)
        {
            int end = Math.Min(block.Count, at + WarmCount);
            if (_fills > WarmCount / 2)
            {
                Warm(caches, block.Addresses[at..end]);
            }

            _fills = 0;
            AccessSome(caches, block, at, end, misses);
        }

        if (_isInclusive && !caches.Drops.IsEmpty)
        {
            CountStale(caches, block.Suppressed);
        }
    }

    private void AccessSome(
        VcpuCaches caches, in MemoryEventBlock block, int at, int end, MissBuffer misses)
    {
        if (!_isPlain)
        {
            AccessEach(caches, block, at, end, misses);
            return;
        }

        TagArray data = caches.Data;
        TagArray? instructions = caches.Instructions;
        ReadOnlySpan<ulong> addresses = block.Addresses[at..end];
        ReadOnlySpan<byte> sizes = block.Sizes.Slice(at, addresses.Length);
        ReadOnlySpan<MemoryEventKind> kinds = block.Kinds.Slice(at, addresses.Length);
        ReadOnlySpan<uint> offsets = block.Offsets.Slice(at, addresses.Length);
        ulong lineMask = _lineMask;
        ulong loads = 0;
        ulong stores = 0;
        ulong fetches = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong line = addresses[i] & lineMask;
            MemoryEventKind kind = kinds[i];
            bool isHeld = kind != MemoryEventKind.Load;
            if (((addresses[i] + sizes[i] - 1) & lineMask) != line)
            {
                AccessLines(caches, addresses[i], sizes[i], kind, offsets[i], misses);
            }
            else if (kind == MemoryEventKind.Load
                && (data.IsMru(line) || data.TryUseInOrder(line)))
            {
                loads++;
            }
            else if (kind == MemoryEventKind.Store
                && (data.IsMruDirty(line) || data.TryStoreInOrder(line, out isHeld)))
            {
                stores++;
            }
            else if (kind == MemoryEventKind.Fetch
                && instructions is not null
                && (instructions.IsMru(line) || instructions.TryUseInOrder(line)))
            {
                fetches++;
            }
            else
            {
                Miss(caches, Request(line, kind, offsets[i], misses), isHeld);
            }
        }

        caches.DataCounters.Hit(AccessClass.Load, loads);
        caches.DataCounters.Hit(AccessClass.Store, stores);
        caches.InstructionCounters.Hit(AccessClass.Fetch, fetches);
    }

    private void AccessEach(
        VcpuCaches caches, in MemoryEventBlock block, int at, int end, MissBuffer misses)
    {
        for (int i = at; i < end; i++)
        {
            AccessLines(caches, block.Addresses[i], block.Sizes[i], block.Kinds[i],
                block.Offsets[i], misses);
        }
    }

    /// <summary>After a look at L1 that did not do, where addresses need no translation.</summary>
    /// <param name="isHeld">L1D may have the line.</param>
    private void Miss(VcpuCaches caches, in LineAccess access, bool isHeld)
    {
        if (isHeld)
        {
            Access(caches, access);
        }
        else
        {
            MissData(caches, access);
        }
    }

    /// <summary>Where most accesses go past the private levels, the sets of the next ones are read
    /// together: the host's own misses then overlap.</summary>
    private void Warm(VcpuCaches caches, ReadOnlySpan<ulong> addresses)
    {
        ulong sum = 0;
        foreach (ulong address in addresses)
        {
            ulong line = address & _lineMask;
            ulong victim = (caches.Second?.Last(line) ?? 0) & TagArray.AddressMask;
            foreach (SharedCache level in _shared)
            {
                sum += level.Tags.Warm(line) + level.Tags.Warm(victim);
            }

            sum += _directory is null ? 0 : _directory.Warm(line) + _directory.Warm(victim);
        }

        _warmed = sum;
    }

    private void CountSuppressed(VcpuCaches caches, in SuppressedHits hits)
    {
        CacheCounters data = caches.DataCounters;
        data.Hit(AccessClass.Load, hits.Loads + hits.Modifies + hits.Atomics);
        data.Hit(AccessClass.Store, hits.Stores + (_countsModifyStore ? hits.Modifies : 0));
        caches.InstructionCounters.Hit(AccessClass.Fetch, hits.Fetches);
    }

    /// <summary>What other vCPUs dropped was taken before the slice (<see cref="TakeDroppedLines"/>): what lies
    /// there now is the slice's own doing, and its filter went on with the line.</summary>
    private static void CountStale(VcpuCaches caches, in SuppressedHits hits) => caches.DataCounters.StaleHits +=
        hits.Loads + hits.Stores + hits.Modifies + hits.Atomics + hits.Fetches;

    /// <summary>An access that crosses lines touches each of them, lowest first.</summary>
    private void AccessLines(
        VcpuCaches caches,
        ulong address,
        byte size,
        MemoryEventKind kind,
        uint offset,
        MissBuffer misses)
    {
        ulong line = address & _lineMask;
        ulong last = size == 0 ? line : (address + size - 1) & _lineMask;
        AccessLine(caches, line, kind, offset, misses);
        while (line != last)
        {
            line += (ulong)LineSizeBytes;
            AccessLine(caches, line, kind, offset, misses);
        }
    }

    private void AccessLine(
        VcpuCaches caches, ulong line, MemoryEventKind kind, uint offset, MissBuffer misses)
    {
        if (caches.Tlbs is not null)
        {
            Translate(caches, line, kind, offset, misses);
        }

        Access(caches, Request(line, kind, offset, misses));
    }

    private void Access(VcpuCaches caches, in LineAccess access)
    {
        switch (access.Kind)
        {
            case MemoryEventKind.Fetch:
                AccessInstructions(caches, access);
                break;
            case MemoryEventKind.Prefetch:
                Prefetch(caches, access);
                break;
            case MemoryEventKind.Flush:
                Flush(caches, access);
                break;
            default:
                Invariant.Require(access.Kind != MemoryEventKind.Writeback);
                AccessData(caches, access);
                if (access.Kind == MemoryEventKind.Modify && _countsModifyStore)
                {
                    caches.DataCounters.Hit(AccessClass.Store);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LineAccess Request(
        ulong line, MemoryEventKind kind, uint offset, MissBuffer misses) => new()
        {
            Line = line,
            Offset = offset,
            Kind = kind,
            Class = Classify(kind),
            Owns = kind is MemoryEventKind.Store or MemoryEventKind.Modify
                or MemoryEventKind.Atomic or MemoryEventKind.KernelStore,
            Misses = misses,
        };

    private static AccessClass Classify(MemoryEventKind kind) => kind switch
    {
        MemoryEventKind.Store => AccessClass.Store,
        MemoryEventKind.Fetch => AccessClass.Fetch,
        MemoryEventKind.Prefetch => AccessClass.Prefetch,
        MemoryEventKind.KernelLoad or MemoryEventKind.KernelStore => AccessClass.Kernel,
        _ => AccessClass.Load,
    };
}
