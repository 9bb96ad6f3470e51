namespace Dilaton.Core;

/// <summary>Statistics in the order they were added, under a prefix.</summary>
public sealed class StatisticsList
{
    private readonly List<Statistic> _items = [];
    private string _prefix = "";

    public IReadOnlyList<Statistic> Items => _items;

    public void Count(string name, UInt128 value, string unit, string description) =>
        _items.Add(new Statistic(_prefix + name, value, 1, unit, description));

    public void Quotient(
        string name, UInt128 value, UInt128 divisor, string unit, string description) =>
        _items.Add(new Statistic(_prefix + name, value, divisor, unit, description));

    /// <summary>Collects a part under <c>prefix.</c>.</summary>
    public void Add(string prefix, IStatisticsSource source)
    {
        string outer = _prefix;
        _prefix = $"{outer}{prefix}.";
        source.Collect(this);
        _prefix = outer;
    }
}
