using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Ends a point's repeats once a metric's mean is known well enough.")]
internal sealed record SweepStopJob
{
    [Description("The metric, as results.csv names it.")]
    public required string Metric { get; init; }

    [Description("Half the confidence interval, by the mean: such as 1%.")]
    public Percent Within { get; init; } = Percent.Of(1);

    [Description("Of the interval (Student's t).")]
    public Percent Confidence { get; init; } = Percent.Of(95);

    [Description("Repeats that are run in any case; 2 or more.")]
    public int Least { get; init; } = 5;

    [Description("Repeats at most.")]
    public int Most { get; init; } = 50;
}
