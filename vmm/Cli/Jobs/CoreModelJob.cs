using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("How a core turns instructions and latencies into time.")]
internal sealed record CoreModelJob
{
    [Description("inorder: a load waits for its answer, a store for room in the store buffer.")]
    public CoreModelKind Kind { get; init; } = CoreModelKind.Inorder;

    [Description("Cycles per instruction before any stall: a number or quotient such as 1, 0.25 "
        + "or 3/2; above 0, at most 100.")]
    public Ratio Cpi { get; init; } = Ratio.One;

    [Description("Stores that may be on their way to memory before the core waits; 1 to 1024.")]
    public int StoreBuffer { get; init; } = 16;
}
