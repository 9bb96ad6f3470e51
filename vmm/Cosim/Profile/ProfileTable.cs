namespace Dilaton.Cosim;

/// <summary>A node's profile. Whole numbers; over all rows, with the rest, each column sums up to the
/// run's total, exactly.</summary>
public sealed record ProfileTable
{
    public required IReadOnlyList<ProfileColumn> Columns { get; init; }

    /// <summary>In the order in which the places were first translated.</summary>
    public required IReadOnlyList<ProfileRow> Rows { get; init; }

    /// <summary>In the order in which they first missed.</summary>
    public required IReadOnlyList<DataRow> Data { get; init; }

    /// <summary>Of no place: of what ran while events were off, what the kernel did on its own, waiting.
    /// Below 0 where a stall was told of one cause and turned out to be of another.</summary>
    public required IReadOnlyList<long> Rest { get; init; }

    /// <summary>Of all vCPUs, since power-on.</summary>
    public required IReadOnlyList<ulong> Totals { get; init; }

    public required ulong UnitsPerCycle { get; init; }
}
