using System.ComponentModel;

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
}
