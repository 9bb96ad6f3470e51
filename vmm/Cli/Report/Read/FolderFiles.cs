using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>Files of a folder, read once; what can't be read is noted, not thrown.</summary>
internal sealed class FolderFiles(string root, string shown, List<ReportProblem> problems)
{
    // Larger than anything Dilaton writes for a reader.
    private const long BytesMax = 512L << 20;

    public string Root => root;

    public bool Has(string name) => File.Exists(Path.Combine(root, name));

    public FolderFiles Below(string folder) =>
        new(Path.Combine(root, folder), $"{shown}/{folder}", problems);

    public void Note(string name, int line, string what) =>
        problems.Add(new ReportProblem($"{shown}/{name}", line, what));

    /// <returns>Null if the file is not there, or could not be read, which is noted.</returns>
    public string? Text(string name)
    {
        string path = Path.Combine(root, name);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            if (new FileInfo(path).Length > BytesMax)
            {
                Note(name, 0, "larger than 512 MiB: not read");
                return null;
            }

            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Note(name, 0, e.Message);
            return null;
        }
    }

    /// <returns>Null if the file is not there, or is no JSON object, which is noted.</returns>
    public JsonObject? Object(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject map && Touch(map))
            {
                return map;
            }

            Note(name, 1, "not a JSON object");
        }
        catch (JsonException e)
        {
            Note(name, (int)(e.LineNumber ?? 0) + 1, "not JSON: the file is cut off or damaged");
        }
        catch (ArgumentException)
        {
            Note(name, 0, "a key is there twice");
        }

        return null;
    }

    public List<CsvRow> Rows(string name) =>
        Text(name) is { } text ? ReportCsv.Parse(text, (line, what) => Note(name, line, what)) : [];

    // A key that is there twice is only found when the keys are first looked at.
    private static bool Touch(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return map.All(pair => Touch(pair.Value));
            case JsonArray list:
                return list.All(Touch);
            default:
                return true;
        }
    }
}
