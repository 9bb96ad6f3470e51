using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a session with level sampled keeps per vCPU.</summary>
/// <param name="weighsMisses">Windows are weighed by what is known of misses, else by instructions.</param>
internal sealed class VcpuSample(bool weighsMisses)
{
    private const ulong Digits = 1_000_000_000;

    private SampleMark _begin;

    /// <summary>The same, or the last reset within the window.</summary>
    private SampleMark _toldFrom;
    private MissWeight _passedAtReset;
    private ulong _chargedAtReset;
    private MissWeight _taken;

    public StallEstimate Estimate { get; } = new();

    /// <summary>Stall that is estimated elsewhere, of the windows since the last reset, over their weight.
    /// </summary>
    public RatioSums Sums { get; private set; } = new();

    /// <summary>What caches that saw nothing between windows leave open; null if they saw all.</summary>
    public ColdWindow? Cold { get; } = weighsMisses ? null : new ColdWindow();

    /// <summary>Of all misses so far.</summary>
    public MissWeight Misses { get; private set; }

    /// <summary>HOT: per slice with misses.</summary>
    public void AddMisses(in MissWeight misses) => Misses += misses;

    /// <summary>HOT: per slice.</summary>
    /// <returns>Of the misses since the last call.</returns>
    public MissWeight TakeMisses()
    {
        MissWeight grown = Misses - _taken;
        _taken = Misses;
        return grown;
    }

    public void BeginWindow(in SampleMark here)
    {
        _begin = _toldFrom = here;
        Cold?.Begin();
    }

    /// <returns>The whole window.</returns>
    public SampleMark EndWindow(in SampleMark here)
    {
        SampleMark window = here - _begin;
        SampleMark told = here - _toldFrom;
        if (IsOfUse(window))
        {
            Estimate.Windows.Add(window.UnknownUnits, window.Weight);
        }

        if (IsOfUse(told))
        {
            // One without misses tells nothing of what a miss takes.
            Sums.Add(told.UnknownUnits, told.Weight);
            Cold?.End(told);
        }

        return window;
    }

    /// <summary>A window in course is told from here on; what is charged by it is not touched.</summary>
    public void ResetStatistics(in SampleMark here)
    {
        _toldFrom = here;
        Sums = new RatioSums();
        Cold?.ResetStatistics();
        _passedAtReset = Passed;
        _chargedAtReset = Estimate.ChargedUnits;
    }

    /// <summary>Tells what the vCPU's cycles, and its CPI, are by the windows since the reset, and their 95 %
    /// intervals. What was charged follows the windows as they come, so it may differ by a period's.</summary>
    /// <param name="counters">Of the vCPU since the reset.</param>
    /// <param name="opening">Of all vCPUs.</param>
    public void Collect(
        string name, in SampledCounts counters, StallSums opening, Func<int, double> quantile, StatisticsList list)
    {
        ulong charged = Estimate.ChargedUnits - _chargedAtReset;
        MissWeight passed = Passed - _passedAtReset;
        Interval? unknown = Stall(passed.Units, counters.EdgeUnits, opening, quantile);
        void Tell(string what, string unit, ulong total, ulong perUnit, string description)
        {
            UInt128 rest = checked(total - Math.Min(total, charged) + passed.KnownUnits);
            void One(string end, double? stall, string of) => list.Quotient(
                $"{name}.{what}.{end}",
                stall is { } units ? (rest * Digits) + (UInt128)Math.Round(units * Digits) : 0,
                stall is null ? 0 : (UInt128)perUnit * Digits,
                unit,
                of);
            One("mean", unknown?.Mean, $"estimate: {description}, by all windows at once");
            One("low", unknown?.Low, "95 % interval of the windows, lower end");
            One("high", unknown?.High, "95 % interval of the windows, upper end");
            if (Cold is not null)
            {
                One("warmLow", unknown?.WarmLow, "lower end, also if all that the warm-up left unknown had hit");
                One("warmHigh", unknown?.WarmHigh, "upper end, also if it had missed");
            }
        }

        Tell("cycles", "Cycle", counters.TotalUnits, counters.UnitsPerCycle,
            "executed + stall + kernel + waiting");
        Tell("cpi", "Ratio", counters.BusyUnits, checked(counters.UnitsPerCycle * counters.Instructions),
            "(executed + stall) / instructions");
    }

    private MissWeight Passed => new(Estimate.KnownUnits, Estimate.Weight);

    /// <summary>What so much weight stalls for beyond what is known. Two windows tell how much they differ, and
    /// that they are alike makes nothing certain: one more is supposed to be like the opening, or misses to
    /// stall for their weight if that is more. Without two, misses are taken for those of the opening, between
    /// none and twice their stall, or their weight.</summary>
    /// <param name="edgeUnits">Each window may be off by so much.</param>
    private Interval? Stall(ulong weight, ulong edgeUnits, StallSums opening, Func<int, double> quantile)
    {
        if (weight == 0)
        {
            return new Interval(0, 0, 0, 0, 0);
        }

        double first = opening.Weight == 0 ? 0 : (double)opening.StallUnits / opening.Weight;
        (double Low, double High)? ends = Sums.Interval(quantile, weighsMisses ? Math.Max(1, first) : first);
        if (weighsMisses && ends is null)
        {
            return new Interval(first * weight, 0, Math.Max(1, 2 * first) * weight, null, null);
        }

        if (Sums.Y == 0)
        {
            return null;
        }

        double mean = (double)Sums.X / (double)Sums.Y * weight;
        double edge = (double)edgeUnits * Sums.Windows / (double)Sums.Y;
        double? low = ends is { } from ? Math.Max(0, from.Low - edge) * weight : null;
        double? high = (ends?.High + edge) * weight;
        return new Interval(
            mean,
            low,
            high,
            Cold?.Bounds.Low(quantile) is { } least
                ? Math.Min(Math.Max(0, least - edge) * weight, low ?? double.MaxValue)
                : low,
            Cold?.Bounds.High(quantile) is { } most
                ? Math.Max((most + edge) * weight, high ?? 0)
                : high);
    }

    private bool IsOfUse(in SampleMark window) => window.Weight > 0 || window.UnknownUnits > 0;

    private sealed record Interval(double Mean, double? Low, double? High, double? WarmLow, double? WarmHigh);
}
