using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The core that detail windows are timed on.</summary>
public sealed record DetailOptions
{
    public required Frequency Frequency { get; init; }

    public required CoreCost Cost { get; init; }

    public required int StoreBufferEntries { get; init; }

    /// <summary>The t that 95 % of |T| stay under, of Student's distribution with so many degrees of
    /// freedom.</summary>
    public required Func<int, double> Quantile { get; init; }
}
