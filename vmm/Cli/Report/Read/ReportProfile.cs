namespace Dilaton.Cli;

/// <summary>Where a node's time went, as its profile.json has it. Rows with the most cycles come first.
/// </summary>
internal sealed record ReportProfile
{
    public const string Cycles = "cycles";

    public const string Waiting = "waiting";

    public required string Node { get; init; }

    /// <summary>Names, and whether it is in cycles; else a count.</summary>
    public required IReadOnlyList<(string Name, bool IsCycles)> Columns { get; init; }

    public required IReadOnlyList<double> Totals { get; init; }

    public required IReadOnlyList<ReportProfileRow> Functions { get; init; }

    /// <summary>Those that are known.</summary>
    public required IReadOnlyList<ReportProfileRow> Lines { get; init; }

    /// <summary>Memory that was missed; empty if the profile does not tell.</summary>
    public required IReadOnlyList<ReportProfileRow> Data { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Cycles in which the cores did not wait.</summary>
    public double Busy => Total(Cycles) - Total(Waiting);

    /// <summary>Columns whose cycles sum up to <see cref="Busy"/>, those that are not all 0.</summary>
    public IReadOnlyList<string> Parts =>
    [
        .. Columns.Where(c => c.IsCycles && c.Name is not (Cycles or Waiting) && Total(c.Name) > 0).Select(c => c.Name),
    ];

    /// <summary>Columns of misses and mispredictions.</summary>
    public IReadOnlyList<string> Misses =>
    [
        .. Columns.Where(c => !c.IsCycles && (c.Name.EndsWith("Misses", StringComparison.Ordinal)
            || c.Name == "mispredictions")).Select(c => c.Name),
    ];

    /// <returns>0 if there is no such column.</returns>
    public double Total(string column) => Value(Totals, column);

    /// <returns>0 if there is no such column.</returns>
    public double Value(IReadOnlyList<double> values, string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == column)
            {
                return values[i];
            }
        }

        return 0;
    }

    public double Sum(IReadOnlyList<double> values, IEnumerable<string> columns) =>
        columns.Sum(column => Value(values, column));
}
