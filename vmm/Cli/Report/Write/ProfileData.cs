using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Profiles for the page's script: of each kind the rows that have the most of some part.</summary>
internal static class ProfileData
{
    /// <summary>Bars of a chart.</summary>
    private const int BarsMax = 12;

    public static void Write(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteNumber("bars", BarsMax);
        json.WriteStartArray("profiles");
        foreach (ReportProfile profile in model.Profiles.Take(PageProfile.NodesMax).Select(view => view.Profile))
        {
            json.WriteStartObject();
            PageData.WriteTexts(json, "parts", profile.Parts);
            PageData.WriteTexts(json, "names", profile.Parts.Select(ProfileView.NameOf));
            PageData.WriteNumber(json, "busy", profile.Busy);
            PageData.WriteNumbers(json, "totals", profile.Parts.Select(profile.Total));
            WriteRows(json, "functions", profile, profile.Functions);
            WriteRows(json, "lines", profile, profile.Lines);
            WriteRows(json, "data", profile, profile.Data);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRows(
        Utf8JsonWriter json, string name, ReportProfile profile, IReadOnlyList<ReportProfileRow> rows)
    {
        json.WriteStartArray(name);
        foreach (ReportProfileRow row in Shown(profile, rows))
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("where", row.Where);
            PageData.WriteNumbers(json, "of", profile.Parts.Select(part => profile.Value(row.Values, part)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<ReportProfileRow> Shown(ReportProfile profile, IReadOnlyList<ReportProfileRow> rows)
    {
        HashSet<ReportProfileRow> shown = new(ReferenceEqualityComparer.Instance);
        foreach (string column in (string[])[ReportProfile.Cycles, .. profile.Parts])
        {
            shown.UnionWith(rows.Where(row => profile.Value(row.Values, column) > 0)
                .OrderByDescending(row => profile.Value(row.Values, column))
                .Take(BarsMax));
        }

        return rows.Where(shown.Contains);
    }
}
