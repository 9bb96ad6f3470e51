using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A change of the time dilation factor that an operator made while a job ran.</summary>
/// <param name="At">When it takes effect.</param>
/// <param name="Nodes">Whose it is, and where each stood when it was told.</param>
internal sealed record ControlChange(
    Ratio Factor, VirtualTime At, IReadOnlyList<(string Node, VirtualTime Known)> Nodes)
{
    /// <summary>What a node is told in a run that is played back.</summary>
    public static IReadOnlyList<ForetoldTdf> Of(
        string node, IReadOnlyList<ControlChange> changes) =>
    [
        .. changes.SelectMany(change => change.Nodes
            .Where(each => each.Node == node)
            .Select(each => new ForetoldTdf(each.Known, change.At, change.Factor))),
    ];
}
