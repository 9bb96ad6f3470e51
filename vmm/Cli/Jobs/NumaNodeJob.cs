using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A memory node.")]
internal sealed record NumaNodeJob
{
    [Description("Name of the memory node: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("Numbers of the cores for which it is the near one; none: it is far from all.")]
    public IReadOnlyList<int> Cores { get; init; } = [];

    [Description("What first touch gives it, whole pages of 4KiB; null: any.")]
    public ByteSize? Size { get; init; }

    [Description("The memory of the node; left out: as memory.dram.")]
    public DramJob Dram { get; init; } = new();

    [Description("What its memory costs other nodes' cores; null: distances say it, or there are none.")]
    public MemoryLinkJob? Link { get; init; }
}
