namespace Dilaton.Cli;

/// <summary>What a program takes natively, and here at two CPIs; times in nanoseconds.</summary>
internal sealed record ResponsePoint(
    string Program, double Native, double LowCpi, double AtLow, double HighCpi, double AtHigh)
{
    /// <summary>Nanoseconds that one more cycle an instruction costs it.</summary>
    public double Slope => (AtHigh - AtLow) / (HighCpi - LowCpi);

    /// <summary>What it would take without its instructions.</summary>
    public double Rest => AtLow - (Slope * LowCpi);
}
