using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The emulated memory.")]
internal sealed record MemoryJob
{
    [Description("Size of the emulated memory, 1MiB to 16TiB; pages take host memory when "
        + "touched.")]
    public ByteSize Size { get; init; } = new(4UL << 30);

    [Description("first-touch: pages get frames in the order of first use. identity: physical "
        + "equals virtual, for freestanding law tests.")]
    public Addressing Addressing { get; init; } = Addressing.FirstTouch;

    [Description("The set of defaults that caches and dram start from: server, small (two levels), "
        + "or law9 (cachegrind's machine); `dilaton models` lists them.")]
    public PresetChoice Preset { get; init; } = PresetChoice.Server;

    [Description("Where the caches in the worker end and what times the memory begins: behind all "
        + "configured levels (hierarchy), behind l1 or l2, or before all (none). All but hierarchy "
        + "need a peer.")]
    public CutPlace Cut { get; init; } = CutPlace.Hierarchy;

    [Description("Name of the peer behind the cut; null: dram, in the worker.")]
    public string? Peer { get; init; }

    [Description("The cache levels.")]
    public CachesJob Caches { get; init; } = new();

    [Description("Address translation; null: it takes no time.")]
    public TlbJob? Tlb { get; init; }

    [Description("The memory behind the caches.")]
    public DramJob Dram { get; init; } = new();

    [Description("Several memories in place of dram, near and far; null: one.")]
    public NumaJob? Numa { get; init; }

    [Description("Writes every request to the memory behind the caches to requests.* of the node's "
        + "folder, in this format; gem5 is its packet trace, prospero and prospero-binary SST's.")]
    public TraceChoice Trace { get; init; } = TraceChoice.None;

    [Description("Devices and far memory whose accesses a peer, or a memory of ours, completes one by one.")]
    public IReadOnlyList<WindowJob> Windows { get; init; } = [];
}
