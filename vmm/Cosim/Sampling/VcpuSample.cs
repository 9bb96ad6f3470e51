using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a session with level sampled keeps per vCPU.</summary>
internal sealed class VcpuSample
{
    private const ulong Digits = 1_000_000_000;

    private SampleMark _begin;

    /// <summary>The same, or the last reset within the window.</summary>
    private SampleMark _toldFrom;
    private ulong _estimatedAtReset;
    private ulong _chargedAtReset;

    public StallEstimate Estimate { get; } = new();

    /// <summary>Of the windows since the last reset: the stall that is estimated elsewhere, over
    /// instructions.</summary>
    public RatioSums Sums { get; private set; } = new();

    public void BeginWindow(in SampleMark here) => _begin = _toldFrom = here;

    /// <returns>What of the window there is to tell.</returns>
    public SampleMark EndWindow(in SampleMark here)
    {
        SampleMark window = here - _begin;
        if (window.Instructions > 0 || window.UnknownUnits > 0)
        {
            Estimate.Windows.Add(window.UnknownUnits, window.Instructions);
        }

        SampleMark told = here - _toldFrom;
        if (told.Instructions > 0 || told.UnknownUnits > 0)
        {
            Sums.Add(told.UnknownUnits, told.Instructions);
        }

        return told;
    }

    /// <summary>A window in course is told from here on; what is charged by it is not touched.</summary>
    public void ResetStatistics(in SampleMark here)
    {
        _toldFrom = here;
        Sums = new RatioSums();
        _estimatedAtReset = Estimate.Instructions;
        _chargedAtReset = Estimate.ChargedUnits;
    }

    /// <summary>Tells what the vCPU's cycles are by the windows since the reset, and their 95 % interval.
    /// What was charged follows the windows as they come, so it may differ by a period's.</summary>
    /// <param name="totalUnits">Of its clock since the reset.</param>
    public void Collect(
        string name, ulong totalUnits, ulong unitsPerCycle, Func<int, double> quantile, StatisticsList list)
    {
        ulong known = checked(totalUnits - (Estimate.ChargedUnits - _chargedAtReset));
        ulong estimated = Estimate.Instructions - _estimatedAtReset;
        UInt128 mean = Sums.Y == 0 ? 0 : known + (Sums.X * estimated / Sums.Y);
        list.Quotient($"{name}.mean", mean, Sums.Y == 0 ? 0 : unitsPerCycle, "Cycle",
            "estimate: executed + stall + kernel + waiting, by all windows at once");
        (double Low, double High)? ends = Sums.Interval(quantile);
        void End(string end, double? perInstruction) => list.Quotient(
            $"{name}.{end}",
            perInstruction is { } units
                ? (UInt128)Math.Round(units * estimated * Digits / unitsPerCycle)
                    + ((UInt128)known * Digits / unitsPerCycle)
                : 0,
            perInstruction is null ? 0 : Digits,
            "Cycle",
            $"95 % interval of the windows, {(end == "low" ? "lower" : "upper")} end");
        End("low", ends?.Low);
        End("high", ends?.High);
    }
}
