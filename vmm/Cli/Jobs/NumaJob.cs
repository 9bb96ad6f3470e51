using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Several memories in place of one, near to some cores and far from others.")]
internal sealed record NumaJob
{
    [Description("first-touch: a page lies in the node of the core whose request for it came first, or "
        + "in the nearest with room. interleaved: pages go round the nodes.")]
    public PlacementChoice Placement { get; init; } = PlacementChoice.FirstTouch;

    [Description("The memory nodes, 1 to 64; each core is near to one of them.")]
    public required IReadOnlyList<NumaNodeJob> Nodes { get; init; }

    [Description("Ways that differ from the node's link.")]
    public IReadOnlyList<NumaDistanceJob> Distances { get; init; } = [];
}
