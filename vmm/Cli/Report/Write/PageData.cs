using System.Text;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>What the charts draw, as JSON that may stand in a script element: the writer escapes
/// every angle bracket.</summary>
internal static class PageData
{
    // Characters of figures; what comes after is named and left to results.csv.
    private const int FiguresMax = 1_300_000;
    private const int ErrorMetricsMax = 40;
    private const int PlainMetricsMax = 2000;

    public static string Write(ReportModel model)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteBoolean("sweep", model.Data.IsSweep);
            json.WriteNumber("x", model.Plan.X);
            json.WriteNumber("lines", SeriesPlan.LinesMax);
            json.WriteBoolean("tdf", model.Plan.IsOverTdf);
            WritePaths(json, model);
            WritePoints(json, model.Data);
            WriteMetrics(json, model);
            WriteFits(json, model);
            WriteErrors(json, model);
            WriteShares(json, model);
            TimeData.Write(json, model);
            ProfileData.Write(json, model);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WritePaths(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("paths");
        for (int p = 0; p < model.Data.Paths.Count; p++)
        {
            List<string> values = [.. model.Data.Points.Select(q => q.Values[p]).Distinct()];
            json.WriteStartObject();
            json.WriteString("name", model.Data.Paths[p]);
            json.WriteString("short", SeriesPlan.Short(model.Data.Paths[p]));
            json.WriteString("unit", model.Plan.Scales[p].Unit);
            WriteTexts(json, "values", values);
            if (model.Plan.Scales[p].Numbers is { } numbers)
            {
                WriteNumbers(json, "numbers", values.Select(v => numbers[v]));
            }

            json.WriteStartArray("of");
            foreach (ReportPoint point in model.Data.Points)
            {
                json.WriteNumberValue(values.IndexOf(point.Values[p]));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePoints(Utf8JsonWriter json, ReportData data)
    {
        WriteTexts(json, "ids", data.Points.Select(p => p.Id));
        WriteTexts(json, "repeats", data.Points.Select(p => p.Repeat));
        WriteTexts(json, "status", data.Points.Select(p => p.Status));
    }

    private static void WriteMetrics(Utf8JsonWriter json, ReportModel model)
    {
        int left = FiguresMax;
        int count = 0;
        List<string> omitted = [];
        json.WriteStartArray("metrics");
        foreach (ReportMetric metric in model.Data.Metrics)
        {
            bool constant = metric.Values.Distinct().Count() == 1;
            int cost = constant ? 80 : 80 + metric.Values.Sum(v => NumberText.Exact(v).Length + 1);
            if (!model.Data.IsSweep || cost > left || ++count > PlainMetricsMax)
            {
                omitted.Add(metric.Name);
                continue;
            }

            left -= cost;
            MetricScale scale = MetricScale.Of(metric);
            json.WriteStartObject();
            json.WriteString("name", metric.Name);
            json.WriteString("unit", metric.Unit);
            json.WriteBoolean("host", metric.IsHost);
            json.WriteNumber("f", scale.Factor);
            json.WriteString("u", scale.Unit);
            json.WriteNumber("d", scale.Decimals);
            if (constant)
            {
                WriteNumber(json, "all", metric.Values[0]);
            }
            else
            {
                WriteNumbers(json, "v", metric.Values);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (model.Data.IsSweep)
        {
            WriteTexts(json, "omitted", omitted);
        }

        WriteTexts(json, "columns", model.Columns.Select(c => c.Name));
    }

    private static void WriteFits(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("fits");
        foreach (FitReport fit in model.Fits)
        {
            json.WriteStartObject();
            json.WriteString("metric", fit.Metric);
            json.WriteString("line", fit.Series);
            json.WriteBoolean("log", fit.IsLog);
            WriteNumber(json, "a", fit.Line.Intercept);
            WriteNumber(json, "b", fit.Line.Slope);
            WriteNumbers(json, "x", [fit.FirstX, fit.LastX]);
            if (fit.Knee is not null)
            {
                WriteNumber(json, "knee", fit.KneeX);
            }

            if (fit.Beyond is { } beyond)
            {
                WriteNumbers(json, "beyond", [beyond.X, beyond.Y, beyond.Low, beyond.High]);
            }

            WriteTexts(json, "words", FitWords.Of(fit, model.Plan, model.Data, model.UnitOf(fit.Metric)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartObject("errors");
        int count = 0;
        foreach (ReportMetric metric in model.Data.Metrics)
        {
            (string kind, IReadOnlyList<ErrorCost> rows) = ErrorCost.Of(model.Data, model.Plan, metric);
            if (rows.Count == 0 || ++count > ErrorMetricsMax)
            {
                continue;
            }

            json.WriteStartObject(metric.Name);
            json.WriteString("kind", kind);
            json.WriteStartArray("rows");
            foreach (ErrorCost row in rows)
            {
                json.WriteStartObject();
                json.WriteString("label", row.Label);
                WriteNumber(json, "cost", row.Cost);
                WriteNumber(json, "error", row.Error);
                json.WriteBoolean("front", row.IsOnFront);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteShares(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("cores");
        foreach (CoreShare core in TimeShares.Of(model.Data.Example.Statistics)?.Cores ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", core.Node.Length > 0 ? $"{core.Node}.{core.Core}" : core.Core);
            WriteNumbers(json, "parts", core.Parts.Select(p => p.Share));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("segments");
        foreach (TimeSegment segment in model.Segments)
        {
            json.WriteStartObject();
            json.WriteString("node", segment.Node);
            WriteNumbers(json, "t", [segment.Begin, segment.End]);
            WriteNumbers(json, "parts", segment.Share.Parts.Select(p => p.Share));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    public static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
