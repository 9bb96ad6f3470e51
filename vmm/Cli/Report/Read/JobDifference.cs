using System.Globalization;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>In what the resolved jobs of several runs differ: the paths they sweep.</summary>
internal static class JobDifference
{
    public const string ByFolder = "folder";

    // With more, the runs are of different kinds rather than points of one sweep.
    private const int PathsMax = 6;

    private static readonly string[] s_ignored = ["name", "outputs.folder", "time.wallLimit", "seed"];

    /// <returns>Paths such as time.tdf and each run's values, or the folders' names.</returns>
    public static (IReadOnlyList<string> Paths, IReadOnlyList<string[]> Values) Of(
        IReadOnlyList<RunFacts> runs)
    {
        List<Dictionary<string, string>> leaves = [];
        foreach (RunFacts run in runs)
        {
            Dictionary<string, string> values = new(StringComparer.Ordinal);
            Collect(run.Job, "", values);
            leaves.Add(values);
        }

        List<string> all = [.. leaves.SelectMany(l => l.Keys).Distinct().Except(s_ignored)];
        List<string> differing =
            [.. all.Where(path => leaves.Select(l => l.GetValueOrDefault(path)).Distinct().Count() > 1)];
        if (runs.Any(r => r.Job is null) || differing.Count > PathsMax)
        {
            return ([ByFolder], [.. runs.Select(run => new[] { NameOf(run.Folder) })]);
        }

        return (differing, [.. leaves.Select(l => differing.Select(p => l.GetValueOrDefault(p, "")).ToArray())]);
    }

    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));

    private static void Collect(JsonNode? node, string path, Dictionary<string, string> values)
    {
        switch (node)
        {
            case JsonObject map:
                foreach ((string key, JsonNode? value) in map)
                {
                    Collect(value, path.Length == 0 ? key : $"{path}.{key}", values);
                }

                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    Collect(list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), values);
                }

                break;
            default:
                values[path] = JsonText.Text(node) ?? "null";
                break;
        }
    }
}
