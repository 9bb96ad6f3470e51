using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Disk;

/// <summary>The models of this project and their parameters, for <c>dilaton models</c>.</summary>
public static class DiskCatalogue
{
    public static IReadOnlyList<ModelDescription> All { get; } = [Disk()];

    private static ModelDescription Disk()
    {
        DiskOptions standard = new();
        return new ModelDescription(
            "disk",
            "a disk behind a queue: done = max(start + latency, end of the transfer before) + size / bandwidth, "
                + "with depth requests at work at once",
            "closed queueing network of a delay and one server: E. D. Lazowska et al., Quantitative System "
                + "Performance, \"Bounds on Performance\": throughput = min(depth / (latency + size / bandwidth), "
                + "bandwidth / size) at most",
            [
                new("latency", "time", standard.Latency.ToString(), "0s..1h",
                    "from a request's start to its transfer, and of a flush"),
                new("bandwidth", "rate", "none", "1bps and more",
                    "of the one medium that all transfers share; none: they take no time"),
                new("depth", "", standard.Depth.ToString(CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"1..{DiskOptions.DepthMax}"),
                    "requests at work at once; others wait for a place, in the order of their coming"),
            ],
            [
                "no seeks, no cache, no wear: a request's address does not matter, nor whether it reads or writes",
                "transfers are in the order of the requests",
            ]);
    }
}
