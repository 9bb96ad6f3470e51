namespace Dilaton.Cosim;

/// <summary>How far an estimate may be off since caches were not as warm as a whole run's: counters of a
/// window that may not belong to the numerator, and such as may.</summary>
internal sealed class DetailBounds(int[] perhapsLess, int[] perhapsMore)
{
    private RatioSums _least = new();
    private RatioSums _most = new();

    public void Add(ReadOnlySpan<ulong> window, ulong x, ulong y)
    {
        ulong less = DetailEstimate.Sum(window, perhapsLess);
        _least.Add(x - Math.Min(x, less), y);
        _most.Add(x + DetailEstimate.Sum(window, perhapsMore), y);
    }

    public void Reset()
    {
        _least = new RatioSums();
        _most = new RatioSums();
    }

    public double? Low(Func<int, double> quantile) => _least.X == 0 && _least.Windows > 1
        ? 0
        : _least.Interval(quantile)?.Low;

    public double? High(Func<int, double> quantile) => _most.Interval(quantile)?.High;
}
