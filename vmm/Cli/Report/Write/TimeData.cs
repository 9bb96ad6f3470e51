using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Timelines and distributions for the page's script.</summary>
internal static class TimeData
{
    public const int NodesMax = 4;

    private const int PointsMax = 64;

    public static void Write(Utf8JsonWriter json, ReportModel model)
    {
        WriteTimeline(json, model);
        WriteHost(json, model.Host);
        WriteCurves(json, model);
    }

    /// <summary>Ends of pieces in picoseconds, parts as shares of 1.</summary>
    private static void WriteTimeline(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("timeline");
        foreach (IReadOnlyList<TimelineRow> node in model.Timeline.Take(NodesMax))
        {
            json.WriteStartObject();
            json.WriteString("node", node[0].Node);
            PageData.WriteNumbers(json, "t", [node[0].Begin, .. node.Select(r => r.End)]);
            json.WriteStartArray("parts");
            for (int part = 0; part < 4; part++)
            {
                json.WriteStartArray();
                foreach (TimelineRow row in node)
                {
                    double sum = row.Parts.Sum();
                    json.WriteNumberValue(sum > 0 ? Math.Round(row.Parts[part] / sum, 4) : 0);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHost(Utf8JsonWriter json, HostTrack host)
    {
        HostSample[] samples = [.. host.Samples.Where(s => double.IsFinite(s.Slowdown))];
        json.WriteStartObject("host");
        PageData.WriteNumbers(
            json, "t", [.. samples.Take(1).Select(s => s.BeginPs), .. samples.Select(s => s.EndPs)]);
        PageData.WriteNumbers(json, "slowdown", samples.Select(s => Math.Round(s.Slowdown, 3)));
        json.WriteStartArray("waits");
        for (int i = 0; i < host.Waits.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("text", host.Waits[i].Text);
            PageData.WriteNumbers(json, "shares", samples.Select(s => s.Waits[i]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCurves(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("cdfs");
        foreach (LatencyCurve curve in model.Curves)
        {
            IReadOnlyList<(double Latency, double Share)> points = curve.Latencies.Curve(PointsMax);
            json.WriteStartObject();
            json.WriteNumber("kind", (int)curve.Kind);
            json.WriteString("label", curve.Label);
            json.WriteString("line", curve.Line);
            if (curve.X is { } x)
            {
                PageData.WriteNumber(json, "x", x);
            }

            PageData.WriteNumbers(json, "at", points.Select(p => Math.Round(p.Latency)));
            PageData.WriteNumbers(json, "share", points.Select(p => Math.Round(p.Share, 5)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
