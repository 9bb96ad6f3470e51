using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>One figure that detail windows estimate: sum of some counters over sum of others.</summary>
/// <param name="Over">Counters of the numerator.</param>
/// <param name="Under">Counters of the denominator.</param>
/// <param name="Scale">The denominator's counters count this much.</param>
internal sealed record DetailEstimate(
    string Name, string Unit, string What, int[] Over, int[] Under, ulong Scale = 1)
{
    private const ulong Digits = 1_000_000_000;

    public RatioSums Sums { get; private set; } = new();

    /// <summary>It can't be more.</summary>
    public double Most { get; init; } = double.MaxValue;

    /// <summary>If what the warm-up left unknown had all been hits, and all misses.</summary>
    public DetailBounds? Bounds { get; init; }

    public void Add(ReadOnlySpan<ulong> window)
    {
        ulong x = Sum(window, Over);
        ulong y = checked(Sum(window, Under) * Scale);
        Sums.Add(x, y);
        Bounds?.Add(window, x, y);
    }

    public void Reset()
    {
        Sums = new RatioSums();
        Bounds?.Reset();
    }

    public void Collect(StatisticsList list, Func<int, double> quantile)
    {
        if (Sums.Y == 0)
        {
            return;
        }

        list.Quotient($"{Name}.mean", Sums.X, Sums.Y, Unit, $"estimate: {What}");
        (double Low, double High)? sampled = Sums.Interval(quantile);
        Tell(list, "low", sampled?.Low, "95 % interval of the windows, lower end");
        Tell(list, "high", sampled?.High, "95 % interval of the windows, upper end");
        if (Bounds is { } bounds)
        {
            double? low = bounds.Low(quantile);
            double? high = bounds.High(quantile);
            Tell(list, "warmLow", low is { } least ? Math.Min(least, sampled?.Low ?? least) : null,
                "lower end, also if all that the warm-up left unknown had hit");
            Tell(list, "warmHigh", high is { } most ? Math.Max(most, sampled?.High ?? most) : null,
                "upper end, also if it had missed");
        }
    }

    internal static ulong Sum(ReadOnlySpan<ulong> window, int[] counters)
    {
        ulong sum = 0;
        foreach (int counter in counters)
        {
            sum += window[counter];
        }

        return sum;
    }

    private void Tell(StatisticsList list, string end, double? value, string what) => list.Quotient(
        $"{Name}.{end}",
        value is { } number ? (UInt128)Math.Round(Math.Min(number, Most) * Digits) : 0,
        value is null ? 0 : Digits,
        Unit,
        what);
}
