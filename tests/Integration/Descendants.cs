using System.Globalization;

namespace Dilaton.Tests.Integration;

/// <summary>Processes that a process has started, and those that they have.</summary>
internal static class Descendants
{
    /// <returns>Ids in ascending order; those that end meanwhile may be among them.</returns>
    public static IReadOnlyList<int> Of(int process)
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id)
                && Parent(folder) is { } parent)
            {
                parents[id] = parent;
            }
        }

        return [.. parents.Keys.Where(id => IsBelow(id)).Order()];

        bool IsBelow(int id)
        {
            for (int depth = 0; depth < 32 && parents.TryGetValue(id, out int parent); depth++)
            {
                if (parent == process)
                {
                    return true;
                }

                id = parent;
            }

            return false;
        }
    }

    /// <summary>It is there, and no zombie.</summary>
    public static bool IsAlive(int process) => Parent($"/proc/{process}") is not null;

    private static int? Parent(string folder)
    {
        try
        {
            // "pid (name) state parent ...": a name may hold anything.
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
