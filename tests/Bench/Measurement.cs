namespace Dilaton.Tests.Bench;

/// <summary>A program in a mode: the ratios of its pairs, start-up and translation taken off both
/// sides.</summary>
/// <param name="NativeSeconds">Median CPU time of the native halves.</param>
internal sealed record Measurement(
    string Program, string Mode, IReadOnlyList<double> Ratios, double NativeSeconds, string Failure)
{
    public double Median => Figures.Median(Ratios);
}
