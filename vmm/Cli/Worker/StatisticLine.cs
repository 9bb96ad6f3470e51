using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A statistic on its way from worker to front; 128-bit values travel as text.</summary>
internal sealed record StatisticLine(
    string Name, string Value, string Divisor, string Unit, string Description)
{
    /// <param name="prefix">Put in front of every name.</param>
    public static List<StatisticLine> From(StatisticsList list, string prefix = "") =>
        [.. list.Items.Select(item => new StatisticLine(
            prefix + item.Name,
            item.Value.ToString(CultureInfo.InvariantCulture),
            item.Divisor.ToString(CultureInfo.InvariantCulture),
            item.Unit,
            item.Description))];

    public Statistic ToStatistic() => new(
        Name,
        UInt128.Parse(Value, CultureInfo.InvariantCulture),
        UInt128.Parse(Divisor, CultureInfo.InvariantCulture),
        Unit,
        Description);
}
