using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Statistics as stats.txt (gem5's shape), stats.json and stats.csv (SST's columns). The
/// last dump is the end of the run; those before it are the guest's own.</summary>
internal static class StatisticsWriter
{
    private const int NameWidth = 42;
    private const int ValueWidth = 20;
    private const int SharesWidth = 23;

    public static string Text(IReadOnlyList<StatisticsDump> dumps)
    {
        StringBuilder text = new();
        foreach (StatisticsDump dump in dumps)
        {
            text.Append("\n---------- Begin Simulation Statistics ----------\n");
            Shares shares = new();
            foreach (Statistic item in dump.Statistics)
            {
                text.Append(item.Name.PadRight(NameWidth)).Append(' ')
                    .Append(StatisticText.Value(item).PadLeft(ValueWidth))
                    .Append(shares.Of(item).PadLeft(SharesWidth))
                    .Append("# ")
                    .Append(item.Description).Append(" (").Append(item.Unit).Append(")\n");
            }

            text.Append("\n---------- End Simulation Statistics   ----------\n");
        }

        return text.ToString();
    }

    /// <summary>A quotient is a sum and a count, as in SST's accumulators: its value is Sum/Count.
    /// </summary>
    public static string Csv(IReadOnlyList<StatisticsDump> dumps)
    {
        StringBuilder text = new(
            "ComponentName, StatisticName, StatisticSubId, StatisticType, SimTime, Rank, "
            + "Sum.u64, Count.u64\n");
        foreach (StatisticsDump dump in dumps)
        {
            foreach (Statistic item in dump.Statistics)
            {
                int dot = item.Name.LastIndexOf('.');
                string component = dot < 0 ? "" : item.Name[..dot];
                text.Append(CultureInfo.InvariantCulture, $"{component}, {item.Name[(dot + 1)..]}, ")
                    .Append(CultureInfo.InvariantCulture, $", Accumulator, {dump.TimePs}, 0, ")
                    .Append(CultureInfo.InvariantCulture, $"{item.Value}, {item.Divisor}\n");
            }
        }

        return text.ToString();
    }

    public static string Json(IReadOnlyList<StatisticsDump> dumps)
    {
        StringBuilder text = new("{\n  \"schema\": \"dilaton-stats/v1\",\n  \"dumps\": [\n");
        for (int i = 0; i < dumps.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {{\"tick\": {dumps[i].TimePs}, ")
                .Append("\"statistics\": [\n");
            IReadOnlyList<Statistic> items = dumps[i].Statistics;
            for (int j = 0; j < items.Count; j++)
            {
                string value = StatisticText.Value(items[j]);
                bool finite = value is not ("nan" or "inf");
                text.Append("      {\"name\": \"").Append(items[j].Name)
                    .Append("\", \"value\": ").Append(finite ? value : "null")
                    .Append(", \"unit\": \"").Append(items[j].Unit)
                    .Append("\", \"description\": \"").Append(Escape(items[j].Description))
                    .Append(j < items.Count - 1 ? "\"},\n" : "\"}\n");
            }

            text.Append(i < dumps.Count - 1 ? "    ]},\n" : "    ]}\n");
        }

        return text.Append("  ]\n}\n").ToString();
    }

    /// <summary>What gem5 prints beside each bin of a distribution: its share of the samples, and
    /// that of all bins so far.</summary>
    private struct Shares
    {
        private string _distribution;
        private UInt128 _samples;
        private UInt128 _sum;

        public string Of(in Statistic item)
        {
            if (!LatencyHistogram.TryParse(item.Name, out string name, out ulong? low, out _))
            {
                return "";
            }

            if (item.Name.EndsWith(LatencyHistogram.SamplesEnd, StringComparison.Ordinal))
            {
                (_distribution, _samples, _sum) = (name, item.Value, 0);
            }

            if (low is null || name != _distribution || _samples == 0)
            {
                return "";
            }

            _sum += item.Value;
            return string.Create(
                CultureInfo.InvariantCulture, $"{Percent(item.Value),10}%{Percent(_sum),10}% ");
        }

        private readonly string Percent(UInt128 count) =>
            (100 * (double)count / (double)_samples).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
}
