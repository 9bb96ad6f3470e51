using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A range of guest-physical addresses whose accesses a peer, or a memory of ours, completes one "
    + "by one. The guest maps it from /dev/NAME.")]
internal sealed record WindowJob
{
    [Description("Name of the device in the guest's /dev: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("Size, 4KiB to 1GiB, in whole pages of 4KiB.")]
    public required ByteSize Size { get; init; }

    [Description("Name of the peer that completes the accesses; null: dram, behind link.")]
    public string? Peer { get; init; }

    [Description("device: loads get their data from the peer, and stores bring theirs there. memory: "
        + "the worker keeps the data, and the peer tells the time; without a peer always this.")]
    public WindowKind Kind { get; init; } = WindowKind.Device;

    [Description("Guest-physical address at which it begins, such as 0x100000000, behind the memory. "
        + "Left out: behind the memory and the windows before it.")]
    public PhysicalAddress? Base { get; init; }

    [Description("Without a peer: the memory of the window.")]
    public DramJob? Dram { get; init; }

    [Description("Without a peer: what every access crosses, such as CXL; null: nothing.")]
    public MemoryLinkJob? Link { get; init; }
}
