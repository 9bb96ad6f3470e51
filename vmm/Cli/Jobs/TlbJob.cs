using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Translation look-aside buffers of each core, for 4KiB pages, and walks of the page table through the "
    + "caches.")]
internal sealed record TlbJob
{
    [Description("Entries of the first level for instructions: a power of two times its ways.")]
    public int ItlbEntries { get; init; } = 128;

    [Description("Entries of a set, 1 to 64.")]
    public int ItlbWays { get; init; } = 8;

    [Description("Entries of the first level for data: a power of two times its ways.")]
    public int DtlbEntries { get; init; } = 64;

    [Description("Entries of a set, 1 to 64.")]
    public int DtlbWays { get; init; } = 4;

    [Description("Entries of the second level, of both: a power of two times its ways; 0: there is none.")]
    public int StlbEntries { get; init; } = 1536;

    [Description("Entries of a set, 1 to 64.")]
    public int StlbWays { get; init; } = 12;

    [Description("What a look into the second level takes, in cycles, at most 1000cycles.")]
    public CycleCount StlbLatency { get; init; } = new(7);

    [Description("Entries kept of each upper level of the page table, 0 to 64.")]
    public int WalkCache { get; init; } = 32;
}
