using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The cache levels; null or none leaves one out. L1 is one per core, L3 is shared by "
    + "all cores. Without any, no memory is simulated.")]
internal sealed record CachesJob
{
    [Description("Size of a line at every level, a power of two from 16B to 256B.")]
    public ByteSize LineSize { get; init; } = new(64);

    [Description("First-level instruction cache; left out by none, fetches are not simulated.")]
    public CacheJob? L1i { get; init; } = Cache(32UL << 10, 8, 4);

    [Description("First-level data cache; needed if there is any other level.")]
    public CacheJob? L1d { get; init; } = Cache(32UL << 10, 8, 4);

    [Description("Second-level cache.")]
    public CacheJob? L2 { get; init; } = Cache(512UL << 10, 8, 12);

    [Description("private: one L2 per core; shared: one for all.")]
    public SharingChoice L2Sharing { get; init; } = SharingChoice.Private;

    [Description("Third-level cache, shared by all cores of the node.")]
    public CacheJob? L3 { get; init; } = Cache(32UL << 20, 16, 46);

    [Description("Whether an eviction takes the line out of the nearer levels as well.")]
    public InclusionChoice Inclusion { get; init; } = InclusionChoice.NonInclusive;

    [Description("allocate: a dirty eviction is an access to the next level; silent: it changes "
        + "no order there.")]
    public WritebackChoice Writebacks { get; init; } = WritebackChoice.Allocate;

    [Description("How a plain read-modify-write is counted.")]
    public ModifyChoice Modifies { get; init; } = ModifyChoice.LoadAndStore;

    [Description("Latency of an upgrade and of a line from another core's caches; null: that of "
        + "the nearest shared level.")]
    public Latency? Coherence { get; init; }

    /// <summary>Every level is left out: no memory is simulated, accesses are only counted.
    /// </summary>
    public bool IsNone() => L1i is null && L1d is null && L2 is null && L3 is null;

    public static CacheJob Cache(ulong sizeBytes, int ways, uint cycles) => new()
    {
        Size = new ByteSize(sizeBytes),
        Ways = ways,
        Latency = Latency.FromCycles(cycles),
    };
}
