using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("overlay: hosts, links between them, and what goes where.")]
internal sealed record OverlayJob
{
    [Description("The places that nodes are at and links end in.")]
    public IReadOnlyList<OverlayHostJob> Hosts { get; init; } = [];

    [Description("The links between hosts, both directions of each.")]
    public IReadOnlyList<OverlayLinkJob> Links { get; init; } = [];

    [Description("Whether hosts learn where addresses are, and send what no route is for there or, if "
        + "they do not know, everywhere.")]
    public bool Learning { get; init; }

    [Description("What was learned is forgotten after this long without a frame.")]
    public VirtualDuration Ageing { get; init; } = VirtualDuration.FromSeconds(300);

    [Description("Links between hosts that a frame crosses at most, 1 to 255.")]
    public int Hops { get; init; } = 32;

    [Description("drop: a host takes the first copy of a frame that comes to it, and no other. keep: "
        + "it takes all, as Palacios does.")]
    public DuplicatesChoice Duplicates { get; init; } = DuplicatesChoice.Drop;

    [Description("Routes of the hosts and changes at virtual times, a command a line "
        + "([grammar](overlay.md#the-control-grammar)).")]
    public string Routes { get; init; } = "";
}
