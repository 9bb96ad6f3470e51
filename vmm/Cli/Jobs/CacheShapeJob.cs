using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Capacity of a cache of some cores; all else is as memory.caches says.")]
internal sealed record CacheShapeJob
{
    [Description("Capacity, such as 16KiB: a power of two times ways x line size. Default: that of memory.caches.")]
    public ByteSize? Size { get; init; }

    [Description("Lines of a set, 1 to 64. Default: those of memory.caches.")]
    public int? Ways { get; init; }
}
