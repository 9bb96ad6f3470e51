using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A place of the overlay.")]
internal sealed record OverlayHostJob
{
    [Description("Its name, by which links and routes refer to it: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("The nodes at it, by name; n* is every node whose name begins with n.")]
    public IReadOnlyList<string> Nodes { get; init; } = [];
}
