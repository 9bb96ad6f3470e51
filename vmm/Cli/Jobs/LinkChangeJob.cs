using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A single link that differs from network.link: one direction.")]
internal sealed record LinkChangeJob : LinkFiguresJob
{
    [Description("Its name as in the statistics, such as node3.up; `dilaton network check` lists them.")]
    public required string Name { get; init; }
}
