namespace Dilaton.Cli;

/// <summary>All that a sweep will run, in order: the first path varies slowest, repeats fastest.
/// </summary>
internal sealed record SweepPlan
{
    /// <summary>Of the job.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>With <see cref="Stop"/>, all that may be needed.</summary>
    public required IReadOnlyList<SweepPoint> Points { get; init; }

    public required SweepSpec Spec { get; init; }

    /// <summary>Of the job, which repeat 0 has.</summary>
    public required long Seed { get; init; }

    public required SweepNeeds Needs { get; init; }

    /// <summary>That jobs of points name, in the order of points.</summary>
    public required IReadOnlyList<SweptFile> Files { get; init; }

    public SweepStopJob? Stop => Spec.Stop;

    public int Repeats => Spec.Repeats;

    public int SeriesCount => Points.Count == 0 ? 0 : Points[^1].Series + 1;
}
