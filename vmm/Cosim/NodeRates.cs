using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What a node meets from a change of its time dilation factor on.</summary>
public sealed record NodeRates
{
    /// <summary>They take effect at the first end of a weave interval that is not before this, nor
    /// before anything that the node has done.</summary>
    public required VirtualTime From { get; init; }

    /// <summary>For the log.</summary>
    public required Ratio Factor { get; init; }

    public required Frequency Frequency { get; init; }

    public required KernelCosts KernelCosts { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.WorstStallPerCycle"/>.</summary>
    public required uint WorstStallPerCycle { get; init; }

    /// <summary>Gives what lies behind the cut its rates; called when they take effect.</summary>
    public required Action ChangeMemory { get; init; }
}
