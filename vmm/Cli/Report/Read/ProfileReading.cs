using System.Globalization;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>Reads procs/NODE/profile.json; runs without a profile have none.</summary>
internal static class ProfileReading
{
    private const string Name = ProfileFiles.JsonName;

    public static IReadOnlyList<ReportProfile> Read(FolderFiles files, JsonObject? result)
    {
        List<ReportProfile> profiles = [];
        foreach (JsonNode? item in JsonText.Items(result?["nodes"]))
        {
            if (JsonText.Text(JsonText.Find(item, "name")) is { } node && IsFolder(node)
                && Of(files.Below($"{ResultFolder.StateFolder}/{node}"), node) is { } profile)
            {
                profiles.Add(profile);
            }
        }

        return profiles;
    }

    private static bool IsFolder(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && name is not ("." or "..");

    private static ReportProfile? Of(FolderFiles files, string node)
    {
        // A run that failed leaves it empty.
        if (files.Text(Name) is not { Length: > 0 } || files.Object(Name) is not { } map)
        {
            return null;
        }

        (string Name, bool IsCycles)[] columns =
        [
            .. JsonText.Items(map["columns"]).Select(c => (
                JsonText.Text(JsonText.Find(c, "name")) ?? "", JsonText.Text(JsonText.Find(c, "unit")) == "Cycle")),
        ];
        if (JsonText.Number(map["version"]) != ProfileJson.Version
            || Values(map["totals"], columns.Length) is not { } totals
            || !columns.Contains((ReportProfile.Cycles, true)))
        {
            files.Note(Name, 0, "not a profile of this version: not shown");
            return null;
        }

        List<ReportProfileRow> Rows(string key, Func<JsonNode?, (string Name, string Where)?> name) =>
            ProfileReading.Rows(files, map, key, columns.Length, name);
        return new ReportProfile
        {
            Node = node,
            Columns = columns,
            Totals = totals,
            Functions = Rows("functions", row => (Text(row, "function"), Base(Text(row, "module")))),
            Lines = Rows("lines", row => LineOf(row, "file") is { } line ? (line, Text(row, "function")) : null),
            Data = Rows("data", MemoryOf),
            Remarks = JsonText.Texts(map["remarks"]),
        };
    }

    /// <param name="name">Null: the row is not shown.</param>
    private static List<ReportProfileRow> Rows(
        FolderFiles files, JsonObject map, string key, int columns, Func<JsonNode?, (string Name, string Where)?> name)
    {
        List<ReportProfileRow> rows = [];
        int broken = 0;
        foreach (JsonNode? item in JsonText.Items(map[key]))
        {
            if (Values(JsonText.Find(item, "values"), columns) is not { } values)
            {
                broken++;
            }
            else if (name(item) is { } named)
            {
                rows.Add(new ReportProfileRow(named.Name, named.Where, values));
            }
        }

        if (broken > 0)
        {
            files.Note(Name, 0, string.Create(
                CultureInfo.InvariantCulture, $"{broken} of {key} have not a value for each column: left out"));
        }

        return rows;
    }

    private static (string Name, string Where)? MemoryOf(JsonNode? row)
    {
        string kind = Text(row, "kind");
        string file = Base(Text(row, "file"));
        if (JsonText.Find(row, "allocations") is not { } count)
        {
            return (file.Length > 0 ? $"{kind} of {file}" : kind, $"{Text(row, "low")} to {Text(row, "high")}");
        }

        string function = Text(row, "function");
        string times = JsonText.Text(count) is { } n && n != "1" ? $"{n} times" : "once";
        string where = $"{times}, {ProfileFigure.Grouped(JsonText.Number(JsonText.Find(row, "bytes")))} bytes";
        return LineOf(row, "source") is { } line
            ? ($"allocated at {line}", $"{function}, {where}")
            : ($"allocated in {function}", $"{Base(Text(row, "module"))}, {where}");
    }

    /// <returns>Null if it is not known.</returns>
    private static string? LineOf(JsonNode? row, string file) =>
        JsonText.Number(JsonText.Find(row, "line")) > 0 ? $"{Base(Text(row, file))}:{Text(row, "line")}" : null;

    /// <returns>Null if there are not as many numbers.</returns>
    private static double[]? Values(JsonNode? list, int count)
    {
        double[] values = [.. JsonText.Items(list).Select(JsonText.Number)];
        return count > 0 && values.Length == count && values.All(v => double.IsFinite(v) && v >= 0) ? values : null;
    }

    private static string Text(JsonNode? row, string key) => JsonText.Text(JsonText.Find(row, key)) ?? "";

    private static string Base(string path) => path[(path.LastIndexOf('/') + 1)..];
}
