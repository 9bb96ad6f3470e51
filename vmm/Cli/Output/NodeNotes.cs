namespace Dilaton.Cli;

/// <summary>Remarks on nodes: said once for all of whom they hold.</summary>
internal static class NodeNotes
{
    private const int NamesMax = 3;

    /// <summary>In the order in which they first occur; with names in front unless they hold of all
    /// nodes.</summary>
    public static IReadOnlyList<string> Merge(
        RunRecord run, Func<NodeRecord, IEnumerable<string>> notes)
    {
        List<string> order = [];
        Dictionary<string, List<string>> owners = new(StringComparer.Ordinal);
        foreach (NodeRecord node in run.Nodes)
        {
            foreach (string note in notes(node))
            {
                if (!owners.TryGetValue(note, out List<string>? names))
                {
                    owners[note] = names = [];
                    order.Add(note);
                }

                names.Add(node.Node.Name);
            }
        }

        return
        [
            .. order.Select(note => owners[note].Count == run.Nodes.Count
                ? note
                : $"{Names(owners[note])}: {note}"),
        ];
    }

    /// <summary>Some names, and how many more.</summary>
    public static string Names(IReadOnlyList<string> names) => names.Count <= NamesMax
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesMax))} and {names.Count - NamesMax} more";
}
