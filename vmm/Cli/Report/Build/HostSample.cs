namespace Dilaton.Cli;

/// <summary>A piece of a run's host time.</summary>
/// <param name="EndPs">How far the node was that was furthest behind, at the end.</param>
/// <param name="Waits">In the order of <see cref="HostTrack.Waits"/>, as parts of 1.</param>
internal sealed record HostSample(
    double BeginMs, double EndMs, double BeginPs, double EndPs, IReadOnlyList<double> Waits)
{
    /// <summary>NaN if virtual time stood.</summary>
    public double Slowdown => EndPs > BeginPs ? (EndMs - BeginMs) * 1e9 / (EndPs - BeginPs) : double.NaN;
}
