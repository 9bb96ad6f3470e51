using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A profile's values as text: counts exactly, units as cycles.</summary>
internal static class ProfileFigure
{
    public static string Of(ProfileTable table, int column, ulong value) => StatisticText.Value(
        new Statistic("", value, table.Columns[column].IsUnits ? table.UnitsPerCycle : 1, "", ""));

    public static string Of(ProfileTable table, int column, long value) =>
        (value < 0 ? "-" : "") + Of(table, column, (ulong)Math.Abs(value));

    /// <summary>For people.</summary>
    public static string Grouped(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static double Cycles(ProfileTable table, ulong units) => (double)units / table.UnitsPerCycle;
}
