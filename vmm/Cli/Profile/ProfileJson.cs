using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>profile.json: all of a profile. Values are in the order of its columns.</summary>
internal static class ProfileJson
{
    public const int Version = 1;

    public static string Of(NamedProfile profile)
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new()
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter json = new(buffer, options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            WriteColumns(json, profile.Table);
            WriteValues(json, "totals", profile.Table, profile.Table.Totals);
            json.WriteStartArray("elsewhere");
            for (int i = 0; i < profile.Table.Rest.Count; i++)
            {
                json.WriteRawValue(ProfileFigure.Of(profile.Table, i, profile.Table.Rest[i]));
            }

            json.WriteEndArray();
            WriteRows(json, "functions", profile, profile.Functions, hasLines: false);
            WriteRows(json, "lines", profile, profile.Lines, hasLines: true);
            WriteData(json, profile);
            json.WriteStartArray("remarks");
            foreach (string remark in profile.Remarks)
            {
                json.WriteStringValue(remark);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteColumns(Utf8JsonWriter json, ProfileTable table)
    {
        json.WriteStartArray("columns");
        foreach (ProfileColumn column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("unit", column.IsUnits ? "Cycle" : "Count");
            json.WriteString("description", column.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRows(
        Utf8JsonWriter json, string name, NamedProfile profile, IReadOnlyList<NamedRow> rows, bool hasLines)
    {
        json.WriteStartArray(name);
        foreach (NamedRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("module", row.Module);
            json.WriteString("function", row.Function);
            if (hasLines)
            {
                json.WriteString("file", row.File);
                json.WriteNumber("line", row.Line);
            }

            WriteValues(json, "values", profile.Table, row.Values);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteData(Utf8JsonWriter json, NamedProfile profile)
    {
        json.WriteStartArray("data");
        foreach (DataRow row in profile.Data)
        {
            json.WriteStartObject();
            json.WriteString("kind", row.Region.Kind);
            json.WriteString("file", row.Region.File ?? "");
            json.WriteString("low", Hex(row.Low));
            json.WriteString("high", Hex(row.High));
            if (row.Site is { } place)
            {
                NamedRow site = profile.NameOf(place);
                json.WriteString("module", site.Module);
                json.WriteString("function", site.Function);
                json.WriteString("source", site.File);
                json.WriteNumber("line", site.Line);
                json.WriteNumber("allocations", row.Allocations.Count);
                json.WriteNumber("bytes", row.Allocations.Bytes);
            }

            WriteValues(json, "values", profile.Table, row.Values);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValues(
        Utf8JsonWriter json, string name, ProfileTable table, IReadOnlyList<ulong> values)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < values.Count; i++)
        {
            json.WriteRawValue(ProfileFigure.Of(table, i, values[i]));
        }

        json.WriteEndArray();
    }

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
}
