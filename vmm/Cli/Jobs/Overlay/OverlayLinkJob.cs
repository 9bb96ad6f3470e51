using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A link between two hosts.")]
internal sealed record OverlayLinkJob : LinkFiguresJob
{
    [Description("Its name, by which routes refer to it: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("The two hosts that it joins, such as [a, b].")]
    public IReadOnlyList<string> Hosts { get; init; } = [];
}
