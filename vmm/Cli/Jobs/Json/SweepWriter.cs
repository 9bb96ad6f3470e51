using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes a job's sweep as JSON by hand, for <see cref="JobWriter"/>.</summary>
internal static class SweepWriter
{
    public static void Write(Utf8JsonWriter json, SweepJob? sweep)
    {
        if (sweep is null)
        {
            json.WriteNull("sweep");
            return;
        }

        json.WriteStartObject("sweep");
        json.WritePropertyName("parameters");
        WriteAxes(json, sweep.Parameters);
        json.WriteStartArray("zip");
        foreach (IReadOnlyDictionary<string, IReadOnlyList<SweepValue>> group in sweep.Zip)
        {
            WriteAxes(json, group);
        }

        json.WriteEndArray();
        WriteTexts(json, "where", sweep.Where);
        if (sweep.Repeat is { } repeat)
        {
            json.WriteNumber("repeat", repeat);
        }
        else
        {
            json.WriteNull("repeat");
        }

        Write(json, sweep.Stop);
        WriteTexts(json, "metrics", sweep.Metrics);
        json.WriteEndObject();
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

    public static void Write(Utf8JsonWriter json, SweepStopJob? stop)
    {
        if (stop is null)
        {
            json.WriteNull("stop");
            return;
        }

        json.WriteStartObject("stop");
        json.WriteString("metric", stop.Metric);
        json.WriteString("within", stop.Within.ToString());
        json.WriteString("confidence", stop.Confidence.ToString());
        json.WriteNumber("least", stop.Least);
        json.WriteNumber("most", stop.Most);
        json.WriteEndObject();
    }

    private static void WriteAxes(
        Utf8JsonWriter json, IReadOnlyDictionary<string, IReadOnlyList<SweepValue>> axes)
    {
        json.WriteStartObject();
        foreach ((string path, IReadOnlyList<SweepValue> values) in axes)
        {
            WriteTexts(json, path, values.Select(value => value.Text));
        }

        json.WriteEndObject();
    }
}
