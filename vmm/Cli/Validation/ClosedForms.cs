using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What the laws say, as formulas. Seconds, bits and bytes unless named otherwise.
/// </summary>
internal static class ClosedForms
{
    /// <summary>Of UDP over Ethernet and IPv4.</summary>
    public const int UdpHeaderBytes = 14 + 20 + 8;

    public const int FrameBytes = 1514;
    public const int SegmentBytes = 1460;

    /// <summary>Mathis's constant where losses are by chance and the window grows by a segment a
    /// round trip (M. Mathis et al., CCR 27(3), 1997, table 1; T. Ott, J. Kemperman, M. Mathis, "The
    /// stationary behavior of ideal TCP congestion avoidance", 1996: 1.3098).</summary>
    public const double MathisConstant = 1.31;

    /// <summary>Law 1: instructions x CPI / frequency, in whole picoseconds, rounded down.</summary>
    public static ulong ExecutionPs(ulong instructions, Ratio cpi, Frequency clock) =>
        (ulong)((UInt128)instructions * cpi.Numerator * 1_000_000_000_000
            / ((UInt128)cpi.Denominator * clock.Hertz));

    /// <summary>Law 4: the picoseconds of so many bytes on a link, rounded up.</summary>
    public static ulong TransferPs(ulong bytes, ulong bitsPerSecond)
    {
        (UInt128 whole, UInt128 rest) = UInt128.DivRem(
            (UInt128)bytes * 8 * 1_000_000_000_000, bitsPerSecond);
        return (ulong)(whole + (rest > 0 ? 1UL : 0));
    }

    /// <summary>Law 7: mean wait in a queue with Poisson arrivals and one server that always takes
    /// as long (Pollaczek and Khinchine).</summary>
    /// <param name="load">Share of time in which it serves, below 1.</param>
    public static double WaitOfMD1(double load, double service) =>
        load * service / (2 * (1 - load));

    /// <summary>Law 7: bits per second of a program's data that a link carries.</summary>
    public static double LinkGoodput(double bitsPerSecond) =>
        bitsPerSecond * SegmentBytes / FrameBytes;

    /// <summary>Law 7: bits per second of TCP whose segments are lost by chance.</summary>
    public static double MathisRate(double loss, double roundTripSeconds) =>
        8 * SegmentBytes / roundTripSeconds * MathisConstant / Math.Sqrt(loss);

    /// <summary>Least squares: y = intercept + slope x.</summary>
    public static (double Slope, double Intercept) Line(
        IReadOnlyList<(double X, double Y)> points)
    {
        double meanX = points.Average(p => p.X), meanY = points.Average(p => p.Y);
        double slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY))
            / points.Sum(p => (p.X - meanX) * (p.X - meanX));
        return (slope, meanY - (slope * meanX));
    }
}
