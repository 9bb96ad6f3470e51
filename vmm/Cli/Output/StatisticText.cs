using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A statistic's value as text: whole counts exactly, quotients as the shortest decimal
/// that reads back as the same double.</summary>
internal static class StatisticText
{
    public static string Value(in Statistic item) => item.Divisor == 1
        ? item.Value.ToString(CultureInfo.InvariantCulture)
        : Quotient(item);

    private static string Quotient(in Statistic item)
    {
        if (item.Divisor == 0)
        {
            return item.Value == 0 ? "nan" : "inf";
        }

        double value = (double)item.Value / (double)item.Divisor;
        return value.ToString("0.#################", CultureInfo.InvariantCulture) is var plain
            && double.Parse(plain, CultureInfo.InvariantCulture) == value
                ? plain
                : value.ToString("R", CultureInfo.InvariantCulture);
    }
}
