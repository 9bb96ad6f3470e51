namespace Dilaton.Cli;

/// <summary>A shape of the statistics.</summary>
internal enum StatisticsFormat
{
    Text,
    Json,
    Csv,
}
