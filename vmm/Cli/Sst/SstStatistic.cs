namespace Dilaton.Cli;

/// <param name="Level">The statistic load level from which on it is collected.</param>
internal sealed record SstStatistic(string Name, string Unit, string Level, string Description);
