using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>The caches in front of the cut. Every vCPU has an L1D; L1I, L2 and L3 may be absent
/// (null). L3 is shared by all vCPUs of the node.</summary>
public sealed record HierarchyOptions
{
    public required CacheOptions? L1I { get; init; }

    public required CacheOptions L1D { get; init; }

    public required CacheOptions? L2 { get; init; }

    public required CacheSharing L2Sharing { get; init; }

    public required CacheOptions? L3 { get; init; }

    public required InclusionPolicy Inclusion { get; init; }

    public required WritebackPolicy Writebacks { get; init; }

    public required ModifyCounting Modifies { get; init; }

    /// <summary>Latency of an upgrade and of a line that another vCPU's caches supply. Null: that
    /// of the nearest shared level.</summary>
    public required CacheLatency? Coherence { get; init; }

    /// <summary>Null: addresses need no translation.</summary>
    public TranslationOptions? Translation { get; init; }

    /// <summary>One per vCPU, of vCPUs whose caches are not alike; else none.</summary>
    public IReadOnlyList<PrivateCaches> Private { get; init; } = [];

    public bool HasSharedLevel =>
        L3 is not null || (L2 is not null && L2Sharing == CacheSharing.Shared);

    /// <summary>Most entries that a conservative L1D filter may have: it is indexed by page-offset
    /// bits only, and all lines of one set must fall to one entry.</summary>
    public int FilterGroups => Private.Count == 0 ? Groups(L1D) : Private.Min(own => Groups(own.L1D));

    /// <summary>As <see cref="FilterGroups"/>, for fetches; 0 without an L1I.</summary>
    public int FetchFilterGroups => L1I is null ? 0
        : Private.Count == 0 ? Groups(L1I)
        : Private.Min(own => Groups(own.L1I!));

    /// <summary>Whether a hit of L1 changes nothing but the order of its set.</summary>
    internal bool HasPlainFirstLevel =>
        L1D.Replacement == ReplacementPolicy.Lru
        && L1D.Writes == WritePolicy.Back
        && L1D.WriteMisses == WriteMissPolicy.Allocate
        && L1D.Prefetcher is null
        && Translation is null
        && L1I?.Replacement is null or ReplacementPolicy.Lru;

    /// <summary>As one vCPU has them.</summary>
    public HierarchyOptions Of(int vcpu) => Private.Count == 0 ? this : this with
    {
        L1I = Private[vcpu].L1I,
        L1D = Private[vcpu].L1D,
        L2 = Private[vcpu].L2,
        Private = [],
    };

    /// <summary>Why leaving out what a filter knows to be a hit would change the result; null: it
    /// does not. With LRU, a tree or a random choice a second use in a row of a set's line changes
    /// nothing; <see cref="RripPolicy"/> remembers that there was one.</summary>
    public (string Key, string Why)? FilterProblem()
    {
        if (Translation is not null)
        {
            return ("tlb", "a filter leaves out accesses to lines whose page may be in no TLB");
        }

        foreach ((string name, CacheOptions options) in Levels())
        {
            if (name is "l1i" or "l1d"
                && options.Replacement is (ReplacementPolicy.Srrip or ReplacementPolicy.Brrip))
            {
                return ($"{name}.replacement",
                    "RRIP counts the first hit of a line, which a filter leaves out");
            }
        }

        if (L1D.Writes == WritePolicy.Through)
        {
            return ("l1d.writes", "a filter leaves out stores, which a write-through level passes on");
        }

        return L1D.WriteMisses == WriteMissPolicy.NoAllocate
            ? ("l1d.writeMisses", "a filter takes a store's line to be in L1 after it")
            : null;
    }

    /// <summary>Throws the first problem of <see cref="Check"/>.</summary>
    public void Validate(string key, IReadOnlyList<Frequency> clocks)
    {
        List<ConfigException> problems = [];
        Check(key, clocks, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }
    }

    /// <summary>Adds every mistake in these options.</summary>
    /// <param name="key">Path of these options in the job.</param>
    /// <param name="clocks">One per vCPU of the node.</param>
    public void Check(
        string key, IReadOnlyList<Frequency> clocks, List<ConfigException> problems)
    {
        int before = problems.Count;
        foreach ((string name, CacheOptions options) in Levels())
        {
            options.Check($"{key}.{name}", problems);
            if (options.LineSizeBytes != L1D.LineSizeBytes)
            {
                problems.Add(new ConfigException($"{key}.{name}.line_size",
                    $"{options.LineSizeBytes}B differs from the {L1D.LineSizeBytes}B of l1d"));
            }
        }

        if (L1I is { } l1i
            && (l1i.Writes != WritePolicy.Back || l1i.WriteMisses != WriteMissPolicy.Allocate))
        {
            problems.Add(new ConfigException($"{key}.l1i.writes",
                "an instruction cache takes no writes"));
        }

        Translation?.Check($"{key}.tlb", problems);
        if (L1I?.Prefetcher is not null)
        {
            problems.Add(new ConfigException(
                $"{key}.l1i.prefetcher", "only l1d and a private l2 have one"));
        }

        if (L3?.Prefetcher is not null)
        {
            problems.Add(new ConfigException(
                $"{key}.l3.prefetcher", "only l1d and a private l2 have one"));
        }

        if (L2?.Prefetcher is not null && L2Sharing == CacheSharing.Shared)
        {
            problems.Add(new ConfigException(
                $"{key}.l2.prefetcher", "only l1d and a private l2 have one"));
        }

        if (L1D.Latency.IsTime)
        {
            problems.Add(new ConfigException($"{key}.l1d.latency",
                "the hit latency of l1d must be in cycles, since the engine counts with it"));
        }

        if (clocks.Count > 1 && !HasSharedLevel && Coherence is null)
        {
            problems.Add(new ConfigException($"{key}.coherence",
                $"no level is shared by the {clocks.Count} vCPUs, so the latency of an upgrade "
                + "must be given"));
        }

        CheckPrivate(key, clocks.Count, problems);
        if (problems.Count == before)
        {
            CheckLatencies(key, clocks, problems);
        }
    }

    /// <summary>Latency of L2 in a core's cycles; 0: there is none.</summary>
    /// <param name="fastest">The clock of the node's fastest core.</param>
    public uint SecondCycles(Frequency clock, Frequency fastest) => L2 switch
    {
        null => 0,
        { } l2 when L2Sharing == CacheSharing.Private => l2.Latency.ToCycles(clock),
        { } l2 => SharedCycles(l2.Latency, clock, fastest),
    };

    /// <summary>Latency in a core's cycles of what lies beyond its private levels.</summary>
    internal uint SharedCycles(CacheLatency latency, Frequency clock, Frequency fastest)
    {
        CacheLatency last = L2 is not null && L2Sharing == CacheSharing.Private ? L2.Latency : L1D.Latency;
        return latency.ToSharedCycles(clock, fastest, last.ToCycles(clock), last.ToCycles(fastest));
    }

    /// <summary>The levels present, from the core outward.</summary>
    internal IEnumerable<(string Name, CacheOptions Options)> Levels()
    {
        if (L1I is not null)
        {
            yield return ("l1i", L1I);
        }

        yield return ("l1d", L1D);
        if (L2 is not null)
        {
            yield return ("l2", L2);
        }

        if (L3 is not null)
        {
            yield return ("l3", L3);
        }
    }

    private void CheckPrivate(string key, int vcpuCount, List<ConfigException> problems)
    {
        if (Private.Count == 0)
        {
            return;
        }

        if (Private.Count != vcpuCount)
        {
            problems.Add(new ConfigException(key, $"caches of {Private.Count} vCPUs, and there are {vcpuCount}"));
            return;
        }

        foreach (PrivateCaches own in Private.Distinct())
        {
            own.L1D.Check($"{key}.l1d", problems);
            own.L1I?.Check($"{key}.l1i", problems);
            own.L2?.Check($"{key}.l2", problems);
            bool isShared = L2Sharing == CacheSharing.Shared;
            if (!IsAlike(own.L1I, L1I) || !IsAlike(own.L1D, L1D)
                || (isShared ? own.L2 != L2 : !IsAlike(own.L2, L2)))
            {
                problems.Add(new ConfigException(key, "vCPUs' own caches may differ in size and ways alone"));
            }
        }
    }

    private static bool IsAlike(CacheOptions? own, CacheOptions? all) => own is null || all is null
        ? own is null && all is null
        : own == all with { SizeBytes = own.SizeBytes, Ways = own.Ways };

    private static int Groups(CacheOptions l1) =>
        (int)Math.Min(l1.Sets, GuestPage.SizeBytes / (ulong)l1.LineSizeBytes);

    private void CheckLatencies(
        string key, IReadOnlyList<Frequency> clocks, List<ConfigException> problems)
    {
        Frequency fastest = clocks.Max();
        foreach (Frequency clock in clocks.Distinct())
        {
            uint l1 = Math.Max(L1D.Latency.ToCycles(clock), L1I?.Latency.ToCycles(clock) ?? 1);
            if (L1D.Latency.ToCycles(clock) == 0 || L1I?.Latency.ToCycles(clock) == 0)
            {
                problems.Add(new ConfigException($"{key}.l1d.latency", "below one cycle"));
                return;
            }

            uint previous = l1;
            foreach ((string name, CacheOptions options) in Levels())
            {
                uint cycles = name switch
                {
                    "l2" => SecondCycles(clock, fastest),
                    "l3" => SharedCycles(options.Latency, clock, fastest),
                    _ => options.Latency.ToCycles(clock),
                };
                if (name is "l2" or "l3" && cycles <= previous)
                {
                    problems.Add(new ConfigException($"{key}.{name}.latency",
                        $"{cycles} cycles at {clock} is not above the {previous} cycles of the "
                        + "level before it (latencies are totals, from the access to the answer)"));
                    return;
                }

                previous = Math.Max(previous, cycles);
            }

            if (Coherence is CacheLatency coherence && SharedCycles(coherence, clock, fastest) <= l1)
            {
                problems.Add(new ConfigException($"{key}.coherence",
                    $"{SharedCycles(coherence, clock, fastest)} cycles is not above the {l1} cycles of L1"));
                return;
            }
        }
    }
}
