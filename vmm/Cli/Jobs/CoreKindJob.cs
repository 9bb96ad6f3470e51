using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("Some cores of a node whose cores are not alike.")]
internal sealed record CoreKindJob
{
    [Description("Number of cores of this kind; they are numbered in the order of the kinds.")]
    public int Count { get; init; } = 1;

    [Description("Its clock rate, of cores.frequency: a number or quotient, above 0 to 1, in parts of 1/1000 at the "
        + "finest. One kind has 1.")]
    public Ratio Speed { get; init; } = Ratio.One;

    [Description("As cores.model, with that section's own defaults. Default: cores.model.")]
    public CoreModelJob Model { get; init; } = new();

    [Description("Sizes of its own caches, if they are not those of memory.caches.")]
    public KindCachesJob? Caches { get; init; }

    /// <param name="all">Of the node.</param>
    public CachesJob CachesOf(CachesJob all) => Caches?.Of(all) ?? all;
}
