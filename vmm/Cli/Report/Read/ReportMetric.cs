namespace Dilaton.Cli;

/// <summary>A figure that was measured at the points.</summary>
internal sealed class ReportMetric(string name, string unit, string description, bool isHost, int points)
{
    public string Name => name;

    public string Unit => unit;

    public string Description => description;

    /// <summary>True if it depends on the host, and so is never the same twice.</summary>
    public bool IsHost => isHost;

    /// <summary>By point; NaN where there is none.</summary>
    public double[] Values { get; } = [.. Enumerable.Repeat(double.NaN, points)];

    public IEnumerable<double> Known => Values.Where(v => !double.IsNaN(v));
}
