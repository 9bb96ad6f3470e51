using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>What a sweep came to, on standard output: a line per combination, in the manner of
/// hyperfine, or one JSON object.</summary>
internal sealed class SweepSummary(SweepFolder folder, SweepPlan plan, SweepState state)
{
    private const int RowsMax = 200;

    /// <summary>The metric that the early end watches, else time.</summary>
    private readonly string _metric = plan.Stop?.Metric ?? PointMetrics.VirtualTime;

    private int Needed => state.Statuses.Count(status => status != SweepState.NotNeeded);

    private int Done => state.Statuses.Zip(state.Results).Count(
        point => point.First != SweepState.NotNeeded && point.Second is { IsDone: true });

    public string Text()
    {
        List<string[]> rows = [[.. plan.Paths, .. Columns()]];
        for (int series = 0; series < Math.Min(plan.SeriesCount, RowsMax); series++)
        {
            SweepPoint first = plan.Points[state.Part(series)[0]];
            rows.Add([.. first.Values, .. Cells(series)]);
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length)
            .Select(i => rows.Max(row => row[i].Length))];
        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            string line = string.Join("  ", row.Select((cell, i) => i < plan.Paths.Count
                ? cell.PadRight(widths[i])
                : cell.PadLeft(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        if (plan.SeriesCount > RowsMax)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {plan.SeriesCount - RowsMax} more\n");
        }

        string failed = state.Failed > 0 ? $", {state.Failed} failed" : "";
        int missing = Needed - Done - state.Failed;
        string left = missing > 0 ? $", {missing} left for --resume" : "";
        string results = Path.Combine(folder.Given, SweepFolder.ResultsName);
        return text.Append(CultureInfo.InvariantCulture, $"\n{Done} of {Needed} points ok{failed}{left}")
            .Append($"   results: {results}\n")
            .ToString();
    }

    public string Json()
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("schema", "dilaton-sweep-summary/v1");
            json.WriteString("folder", folder.Root);
            json.WriteNumber("points", Needed);
            json.WriteNumber("ok", Done);
            json.WriteNumber("failed", state.Failed);
            json.WriteString("metric", _metric);
            json.WriteStartArray("series");
            for (int series = 0; series < plan.SeriesCount; series++)
            {
                WriteSeries(json, series);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private IEnumerable<string> Columns()
    {
        string unit = state.Results.SelectMany(result => result?.Metrics ?? [])
            .FirstOrDefault(metric => metric.Name == _metric).Unit is { Length: > 0 } known
                ? $" [{known}]"
                : "";
        return plan.Repeats > 1
            ? [$"{_metric}{unit}: mean ± σ", "min … max", "runs", "status"]
            : [$"{_metric}{unit}", "status"];
    }

    private IEnumerable<string> Cells(int series)
    {
        double[] values = Values(series);
        string[] statuses = [.. state.Part(series).Select(i => state.Statuses[i]).Distinct()];
        string status = string.Join(", ", statuses);
        if (values.Length == 0)
        {
            return plan.Repeats > 1 ? ["", "", "0", status] : ["", status];
        }

        (double mean, double sigma) = SeriesStop.Statistics(values);
        return plan.Repeats > 1
            ?
            [
                $"{Number(mean)} ± {Number(sigma)}",
                $"{Number(values.Min())} … {Number(values.Max())}",
                values.Length.ToString(CultureInfo.InvariantCulture),
                status,
            ]
            : [Number(mean), status];
    }

    private double[] Values(int series) =>
    [
        .. state.Part(series).Select(i => state.Results[i] is { IsDone: true } result
            ? result.Metric(_metric)
            : null).OfType<double>(),
    ];

    private void WriteSeries(Utf8JsonWriter json, int series)
    {
        IReadOnlyList<int> part = state.Part(series);
        json.WriteStartObject();
        json.WriteStartObject("values");
        for (int i = 0; i < plan.Paths.Count; i++)
        {
            json.WriteString(plan.Paths[i], plan.Points[part[0]].Values[i]);
        }

        json.WriteEndObject();
        SweepWriter.WriteTexts(json, "points", part.Select(i => plan.Points[i].Id));
        SweepWriter.WriteTexts(json, "statuses", part.Select(i => state.Statuses[i]));
        double[] values = Values(series);
        json.WriteNumber("runs", values.Length);
        if (values.Length > 0)
        {
            (double mean, double sigma) = SeriesStop.Statistics(values);
            json.WriteNumber("mean", mean);
            json.WriteNumber("sigma", sigma);
            json.WriteNumber("min", values.Min());
            json.WriteNumber("max", values.Max());
        }

        json.WriteEndObject();
    }

    /// <summary>Six digits are enough for people.</summary>
    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
