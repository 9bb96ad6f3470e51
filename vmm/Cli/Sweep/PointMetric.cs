namespace Dilaton.Cli;

/// <param name="Value">A number as text, as it was written first.</param>
/// <param name="Unit">As statistics name it; of the host's figures none.</param>
internal readonly record struct PointMetric(string Name, string Value, string Unit);
