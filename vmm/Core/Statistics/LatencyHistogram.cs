using System.Globalization;
using System.Numerics;

namespace Dilaton.Core;

/// <summary>Latencies in picoseconds, counted by log-linear bins: below 16 ps each value has its own,
/// above that each power of two is divided into 16 equal ones (as HdrHistogram has it), so that a
/// bin's bounds differ by at most 1/16 of the lower one. Count, sum, least and largest are exact.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Of the name of the statistic that has the count.</summary>
    public const string SamplesEnd = "::samples";

    /// <summary>Bins are numbered from 0 to below this.</summary>
    public const int BinCount = (64 - SubBits + 1) * SubBins;

    private const int SubBits = 4;
    private const int SubBins = 1 << SubBits;

    private readonly ulong[] _bins = new ulong[BinCount];

    public ulong Count { get; private set; }

    public UInt128 Sum { get; private set; }

    public ulong Least { get; private set; } = ulong.MaxValue;

    public ulong Largest { get; private set; }

    /// <summary>HOT: per request and per frame.</summary>
    public void Add(ulong picoseconds)
    {
        Count++;
        Sum += picoseconds;
        Least = Math.Min(Least, picoseconds);
        Largest = Math.Max(Largest, picoseconds);
        _bins[BinOf(picoseconds)]++;
    }

    /// <summary>Adds what was counted elsewhere.</summary>
    /// <param name="bins">Number and count of each bin that is not empty, in turn.</param>
    public void Add(IReadOnlyList<ulong> bins, UInt128 sum, ulong least, ulong largest)
    {
        ArgumentNullException.ThrowIfNull(bins);
        for (int i = 0; i < bins.Count; i += 2)
        {
            _bins[bins[i]] += bins[i + 1];
            Count += bins[i + 1];
        }

        Sum += sum;
        Least = Math.Min(Least, least);
        Largest = Math.Max(Largest, largest);
    }

    /// <summary>First and last value of the bin that a value falls into.</summary>
    public static (ulong Low, ulong High) BoundsOf(ulong picoseconds) =>
        Bounds(BinOf(picoseconds));

    /// <summary>Takes the name of a statistic of a distribution apart.</summary>
    /// <param name="low">First value of the bin; null: the statistic is no bin.</param>
    /// <returns>False if it belongs to no distribution.</returns>
    public static bool TryParse(string statistic, out string name, out ulong? low, out ulong? high)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        int mark = statistic.IndexOf("::", StringComparison.Ordinal);
        (name, low, high) = (mark < 0 ? "" : statistic[..mark], null, null);
        if (mark < 0)
        {
            return false;
        }

        string[] bounds = statistic[(mark + 2)..].Split('-');
        if (bounds.Length <= 2 && ulong.TryParse(bounds[0], CultureInfo.InvariantCulture, out ulong first)
            && ulong.TryParse(bounds[^1], CultureInfo.InvariantCulture, out ulong last))
        {
            (low, high) = (first, last);
        }

        return true;
    }

    /// <summary>In the shape of gem5's distributions; nothing if none was counted.</summary>
    /// <param name="name">Of the distribution.</param>
    /// <param name="what">That was counted, such as <c>requests</c>.</param>
    public void Collect(StatisticsList list, string name, string what)
    {
        ArgumentNullException.ThrowIfNull(list);
        if (Count == 0)
        {
            return;
        }

        list.Count($"{name}{SamplesEnd}", Count, "Count", $"{what} counted");
        list.Count($"{name}::min", Least, "Tick", "shortest");
        list.Count($"{name}::max", Largest, "Tick", "longest");
        list.Quotient($"{name}::mean", Sum, Count, "Tick", "mean");
        for (int bin = 0; bin < _bins.Length; bin++)
        {
            if (_bins[bin] > 0)
            {
                (ulong low, ulong high) = Bounds(bin);
                string range = low == high
                    ? string.Create(CultureInfo.InvariantCulture, $"{low}")
                    : string.Create(CultureInfo.InvariantCulture, $"{low}-{high}");
                list.Count($"{name}::{range}", _bins[bin], "Count", $"{what} of so many ps");
            }
        }
    }

    public void Reset()
    {
        Array.Clear(_bins);
        Sum = 0;
        Count = 0;
        Least = ulong.MaxValue;
        Largest = 0;
    }

    private static int BinOf(ulong value)
    {
        int power = BitOperations.Log2(value | (SubBins - 1));
        int shift = Math.Max(0, power - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static (ulong Low, ulong High) Bounds(int bin)
    {
        int shift = Math.Max(0, (bin >> SubBits) - 1);
        ulong low = (ulong)(bin - (shift << SubBits)) << shift;
        return (low, low + ((1UL << shift) - 1));
    }
}
