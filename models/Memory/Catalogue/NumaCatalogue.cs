using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What `dilaton models` says of memory nodes.</summary>
internal static class NumaCatalogue
{
    public static ModelDescription Describe() => new(
        "memory-nodes",
        "several memories (memory.numa), near to some cores and behind links from others; also far memory "
            + "behind a window without a peer",
        "placement: as Linux's default and interleave policies (Documentation/admin-guide/mm/"
            + "numa_memory_policy); a link: one server each way with deterministic service",
        [
            new("placement", "", ModelCatalogue.Word(NumaPlacement.FirstTouch),
                string.Join(" | ", Enum.GetValues<NumaPlacement>().Select(ModelCatalogue.Word)),
                "which node a page lies in"),
            new("size", "size", "any", "whole pages of 4KiB", "what first touch gives a node"),
            new("link.latency", "time", "none", $"0ps..{MemoryLinkOptions.LatencyMax}",
                "there and back, besides the transfer"),
            new("link.bandwidth", "bandwidth", "never full",
                $"{ModelCatalogue.FormatBandwidth(FlatDramOptions.BandwidthMin)}.."
                    + ModelCatalogue.FormatBandwidth(FlatDramOptions.BandwidthMax), "each way"),
        ],
        [
            "a request waits for its place on the link when it comes, and the memory gets it then",
            "no coherence traffic between nodes, no hops, no migration",
            "the guest sees one memory",
        ]);
}
