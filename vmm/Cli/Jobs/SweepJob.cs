using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The variants of a job that `dilaton sweep` runs.")]
internal sealed record SweepJob
{
    public const int RepeatMax = 100_000;

    [Description("For each path of the job its values, or ranges of them such as 1..100 log 8. Every "
        + "combination is a point; the last path varies fastest.")]
    public IReadOnlyDictionary<string, IReadOnlyList<SweepValue>> Parameters { get; init; } =
        new OrderedDictionary<string, IReadOnlyList<SweepValue>>();

    [Description("Groups of paths whose values go together, first with first, second with second.")]
    public IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<SweepValue>>> Zip { get; init; } = [];

    [Description("Conditions on swept paths, such as 'cores.count <= 4 or time.tdf == 1': points for "
        + "which one does not hold are left out.")]
    public IReadOnlyList<string> Where { get; init; } = [];

    [Description("How often each point is run, each time with another seed; null: once.")]
    public int? Repeat { get; init; }

    [Description("Ends a point's repeats early; null: all are run.")]
    public SweepStopJob? Stop { get; init; }

    [Description("Statistics that results.csv has besides the standard ones: names of stats.json, "
        + "with * and ?.")]
    public IReadOnlyList<string> Metrics { get; init; } = [];
}
