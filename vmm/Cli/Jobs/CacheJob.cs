using System.ComponentModel;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

[Description("One cache.")]
internal sealed record CacheJob
{
    [Description("Capacity, such as 32KiB: a power of two times ways x line size.")]
    public required ByteSize Size { get; init; }

    [Description("Lines of a set, 1 to 64.")]
    public required int Ways { get; init; }

    [Description("From the access to the answer of a hit, such as 14cycles or 7ns; cycles for "
        + "l1d.")]
    public required Latency Latency { get; init; }

    [Description("Which line of a full set makes room: the least recently used one (lru), what a tree of "
        + "bits says (tree-plru), by re-reference interval prediction (srrip, brrip), or any (random).")]
    public ReplacementPolicy Replacement { get; init; } = ReplacementPolicy.Lru;

    [Description("back: a write stays until its line leaves; through: it goes to the next level as well.")]
    public WritePolicy Writes { get; init; } = WritePolicy.Back;

    [Description("What a level does with a write of a line it does not hold: take the line (allocate), "
        + "or let the write pass (no-allocate).")]
    public WriteMissPolicy WriteMisses { get; init; } = WriteMissPolicy.Allocate;

    [Description("Of l1d and of a private l2. next-line: the lines that follow; stride: as far again as the last "
        + "accesses to the page lay apart; stream: ahead of accesses that go in one direction.")]
    public PrefetcherChoice Prefetcher { get; init; } = PrefetcherChoice.None;

    [Description("Lines that the prefetcher asks for at once at most, 1 to 16; default 1, of stream 2.")]
    public int PrefetchDegree { get; init; } = 1;

    [Description("How far ahead the prefetcher is, 1 to 63: its first line (next-line; stride, in strides), or its "
        + "last one (stream); default 1, of stream 16.")]
    public int PrefetchDistance { get; init; } = 1;
}
