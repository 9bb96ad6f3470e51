namespace Dilaton.Cli;

/// <summary>A statistic as stats.json has it; NaN where it had nothing to divide by.</summary>
internal sealed record RunStatistic(string Name, double Value, string Unit, string Description);
