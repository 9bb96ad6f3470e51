namespace Dilaton.Cli;

/// <summary>A sweep as it was asked for.</summary>
internal sealed record SweepSpec
{
    /// <summary>In the order in which they vary, the slowest first.</summary>
    public required IReadOnlyList<SweepAxis> Axes { get; init; }

    public required IReadOnlyList<SweepCondition> Where { get; init; }

    public required int? Repeat { get; init; }

    public required SweepStopJob? Stop { get; init; }

    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>In the order of the columns of points.csv.</summary>
    public IReadOnlyList<string> Paths => [.. Axes.SelectMany(axis => axis.Paths)];

    /// <summary>How often each point is run at most.</summary>
    public int Repeats => Stop?.Most ?? Repeat ?? 1;

    /// <summary>The same as a part of the job.</summary>
    public SweepJob ToJob() => new()
    {
        Parameters = Columns(Axes.Where(axis => axis.Paths.Count == 1)),
        Zip = [.. Axes.Where(axis => axis.Paths.Count != 1).Select(axis => Columns([axis]))],
        Where = [.. Where.Select(condition => condition.At.Text)],
        Repeat = Repeat,
        Stop = Stop,
        Metrics = Metrics,
    };

    private static OrderedDictionary<string, IReadOnlyList<SweepValue>> Columns(
        IEnumerable<SweepAxis> axes)
    {
        OrderedDictionary<string, IReadOnlyList<SweepValue>> columns = new(StringComparer.Ordinal);
        foreach (SweepAxis axis in axes)
        {
            for (int i = 0; i < axis.Paths.Count; i++)
            {
                columns[axis.Paths[i]] = [.. axis.Rows.Select(row => row[i].Value)];
            }
        }

        return columns;
    }
}
