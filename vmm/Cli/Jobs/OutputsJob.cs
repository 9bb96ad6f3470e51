using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What the run writes, and where.")]
internal sealed record OutputsJob
{
    public const string DefaultFolder = "tdout";

    [Description("The result folder, from the working folder of dilaton; -o changes it.")]
    public string Folder { get; init; } = DefaultFolder;

    [Description("Shapes of the statistics: text is stats.txt as gem5's, json stats.json, csv "
        + "stats.csv in SST's columns.")]
    public IReadOnlyList<StatisticsFormat> Statistics { get; init; } =
        [StatisticsFormat.Text, StatisticsFormat.Json, StatisticsFormat.Csv];
}
