namespace Dilaton.Cli;

/// <summary>A figure that is not what it was.</summary>
/// <param name="Point">Swept values and repeat, in words.</param>
/// <param name="Before">NaN if there was none.</param>
/// <param name="Now">NaN if there is none.</param>
internal sealed record BaselineRow(string Point, string Metric, string Unit, double Before, double Now)
{
    /// <summary>By how much it differs, as a part of what it was; infinite if one is missing.
    /// </summary>
    public double Change => double.IsNaN(Before) || double.IsNaN(Now) ? double.PositiveInfinity
        : Before == Now ? 0
        : Before == 0 ? double.PositiveInfinity : (Now - Before) / Math.Abs(Before);
}
