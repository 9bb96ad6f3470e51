using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>sweep.json: what a sweep runs, for `--resume`, `--run-point` and whoever reads its
/// results.</summary>
internal static class SweepFile
{
    public const string Schema = "dilaton-sweep/v1";

    public static string Write(SweepInput input, SweepPlan plan)
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
            json.WriteString("schema", Schema);
            json.WriteString("dilaton", ToolVersion.Text);
            json.WriteString("commit", ToolVersion.Commit);
            json.WriteString("name", plan.Name);
            json.WriteString("job", input.JobName);
            json.WriteString("workingFolder", input.WorkingFolder);
            SweepWriter.WriteTexts(json, "arguments", input.Arguments);
            WriteNumber(json, "repeatArgument", input.Repeat);
            json.WriteNumber("seed", plan.Seed);
            WriteParameters(json, plan.Spec);
            SweepWriter.WriteTexts(json, "where", plan.Spec.Where.Select(w => w.At.Text));
            json.WriteNumber("repeats", plan.Repeats);
            SweepWriter.Write(json, plan.Stop);
            SweepWriter.WriteTexts(json, "metrics", plan.Spec.Metrics);
            json.WriteNumber("series", plan.SeriesCount);
            json.WriteNumber("points", plan.Points.Count);
            WriteFiles(json, plan.Files);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    /// <param name="text">Of sweep.json.</param>
    /// <param name="jobText">Of sweep.yaml.</param>
    /// <exception cref="FormatException">It is not what we wrote.</exception>
    public static SweepInput Read(string text, string jobText)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            string? schema = root.GetProperty("schema").GetString();
            if (schema != Schema)
            {
                throw new FormatException($"its schema is '{schema}', not {Schema}");
            }

            JsonElement repeat = root.GetProperty("repeatArgument");
            return new SweepInput
            {
                JobName = root.GetProperty("job").GetString()!,
                JobText = jobText,
                Arguments =
                    [.. root.GetProperty("arguments").EnumerateArray().Select(a => a.GetString()!)],
                Repeat = repeat.ValueKind == JsonValueKind.Null ? null : repeat.GetInt32(),
                WorkingFolder = root.GetProperty("workingFolder").GetString()!,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            throw new FormatException($"it is not what Dilaton wrote: {e.Message}", e);
        }
    }

    /// <summary>Reads what <see cref="Read"/> leaves out.</summary>
    /// <exception cref="FormatException">It is not what we wrote.</exception>
    public static SweepRecord ReadRecord(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            Dictionary<string, InputFile> files = new(StringComparer.Ordinal);
            foreach (JsonElement each in root.GetProperty("files").EnumerateArray())
            {
                string path = each.GetProperty("path").GetString()!;
                files[path] = new InputFile(
                    path,
                    each.GetProperty("sizeBytes").GetInt64(),
                    each.GetProperty("modified").GetInt64(),
                    each.GetProperty("sha256").GetString()!);
            }

            return new SweepRecord(
                root.GetProperty("name").GetString()!,
                SweepRecord.VersionOf(
                    root.GetProperty("dilaton").GetString()!, root.GetProperty("commit").GetString()!),
                [.. files.Values]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            throw new FormatException($"it is not what Dilaton wrote: {e.Message}", e);
        }
    }

    private static void WriteFiles(Utf8JsonWriter json, IReadOnlyList<SweptFile> files)
    {
        json.WriteStartArray("files");
        foreach (SweptFile each in files)
        {
            json.WriteStartObject();
            json.WriteString("path", each.File.Path);
            json.WriteNumber("sizeBytes", each.File.SizeBytes);
            json.WriteNumber("modified", each.File.Modified);
            json.WriteString("sha256", each.File.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Paths with the same `axis` go together.</summary>
    private static void WriteParameters(Utf8JsonWriter json, SweepSpec spec)
    {
        json.WriteStartArray("parameters");
        for (int i = 0; i < spec.Axes.Count; i++)
        {
            SweepAxis axis = spec.Axes[i];
            for (int j = 0; j < axis.Paths.Count; j++)
            {
                json.WriteStartObject();
                json.WriteString("path", axis.Paths[j]);
                json.WriteNumber("axis", i);
                SweepWriter.WriteTexts(json, "values", axis.Rows.Select(row => row[j].Value.Text));
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
