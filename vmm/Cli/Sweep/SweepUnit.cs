using System.Numerics;

namespace Dilaton.Cli;

/// <summary>A unit that values of a sweep may have: the units of <see cref="Core.Quantity"/>, which
/// a test holds it to.</summary>
/// <param name="Scale">In picoseconds, bytes, cycles.</param>
/// <param name="Family">Units of one family stand for each other in a range's values.</param>
internal sealed record SweepUnit(
    string Name, Dimension Dimension, ExactNumber Scale, int Family, bool IsCommon)
{
    private static readonly Dimension s_time = new(1, 0, 0);
    private static readonly Dimension s_size = new(0, 1, 0);
    private static readonly Dimension s_frequency = new(-1, 0, 0);
    private static readonly Dimension s_bandwidth = new(-1, 1, 0);

    // A second.
    private static readonly ExactNumber s_second = new(BigInteger.Pow(10, 12), 1);

    /// <summary>The larger ones of a family later.</summary>
    public static IReadOnlyList<SweepUnit> All { get; } =
    [
        Time("ps", 1), Time("ns", 1_000), Time("us", 1_000_000), Time("µs", 1_000_000, false),
        Time("ms", 1_000_000_000), Time("s", 1_000_000_000_000),
        Time("min", 60_000_000_000_000, false), Time("m", 60_000_000_000_000, false),
        Time("h", 3_600_000_000_000_000, false),
        .. Prefixed(["Hz", "kHz", "MHz", "GHz"], 1_000, s_frequency, 1 / s_second, 1),
        new SweepUnit("KHz", s_frequency, 1_000 / s_second, 1, false),
        .. Prefixed(["B", "KiB", "MiB", "GiB", "TiB"], 1_024, s_size, 1, 2),
        .. Prefixed(["kB", "MB", "GB", "TB"], 1_000, s_size, 1_000, 3),
        .. Prefixed(["bps", "kbps", "Mbps", "Gbps", "Tbps"], 1_000, s_bandwidth, 1 / (8 * s_second), 4),
        .. Prefixed(["B/s", "kB/s", "MB/s", "GB/s", "TB/s"], 1_000, s_bandwidth, 1 / s_second, 5),
        .. Prefixed(["KiB/s", "MiB/s", "GiB/s"], 1_024, s_bandwidth, 1_024 / s_second, 6),
        new SweepUnit("cycle", new Dimension(0, 0, 1), 1, 7, false),
        new SweepUnit("cycles", new Dimension(0, 0, 1), 1, 7, true),
    ];

    public static SweepUnit? Find(ReadOnlySpan<char> name)
    {
        foreach (SweepUnit unit in All)
        {
            if (name.SequenceEqual(unit.Name))
            {
                return unit;
            }
        }

        return null;
    }

    /// <summary>The exact text of a number of this unit, in the largest unit of its family of which
    /// it is one or more with few decimals.</summary>
    /// <returns>Null if no number of decimals is exact.</returns>
    public string? Format(ExactNumber value)
    {
        const int fewDecimals = 3, decimalsMax = 18;
        foreach (SweepUnit unit in All.Reverse().Where(unit => unit.IsCommon && unit.Family == Family))
        {
            ExactNumber count = value * Scale / unit.Scale;
            if (count >= 1 && count.ToDecimal(fewDecimals) is { } text)
            {
                return text + unit.Name;
            }
        }

        return value.ToDecimal(decimalsMax) is { } own ? own + Name : null;
    }

    private static SweepUnit Time(string name, long scale, bool isCommon = true) =>
        new(name, s_time, scale, 0, isCommon);

    private static IEnumerable<SweepUnit> Prefixed(
        string[] names, long step, Dimension dimension, ExactNumber first, int family)
    {
        foreach (string name in names)
        {
            yield return new SweepUnit(name, dimension, first, family, true);
            first = step * first;
        }
    }
}
