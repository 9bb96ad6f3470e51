namespace Dilaton.Cli;

/// <summary>All that a report is made of.</summary>
internal sealed record ReportData
{
    public required string Title { get; init; }

    /// <summary>False for the folder of a single run.</summary>
    public required bool IsSweep { get; init; }

    public required IReadOnlyList<string> Paths { get; init; }

    public required IReadOnlyList<ReportPoint> Points { get; init; }

    public required IReadOnlyList<ReportMetric> Metrics { get; init; }

    public required IReadOnlyList<ReportProblem> Problems { get; init; }

    /// <summary>The run, or the first of the sweep that ended well.</summary>
    public required RunFacts Example { get; init; }

    /// <summary>Distributions of latencies, by point.</summary>
    public required IReadOnlyList<IReadOnlyList<(string Name, LatencyDistribution Distribution)>> Latencies
    {
        get; init;
    }

    public required IReadOnlyList<string> Exact { get; init; }

    public required IReadOnlyList<string> Estimates { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>As it was typed, and the folder in which.</summary>
    public required string Command { get; init; }

    public required string CommandFolder { get; init; }

    /// <summary>Which Dilaton wrote the results.</summary>
    public required string Tool { get; init; }

    /// <summary>The job or the sweep as given; empty if it is not known.</summary>
    public required string Given { get; init; }
}
