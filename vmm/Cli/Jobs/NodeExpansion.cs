using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What `count` of a node stands for: N nodes of a kind, NAME0 to NAME(N-1); a single one
/// keeps its name.</summary>
internal static class NodeExpansion
{
    public static IEnumerable<string> Names(NodeJob node) => node.Count == 1
        ? [node.Name]
        : Enumerable.Range(0, node.Count).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{node.Name}{i}"));

    /// <summary>All nodes of a job, with the item of `nodes` that each is from.</summary>
    public static List<(NodeJob Node, int Item)> Expand(IReadOnlyList<NodeJob> items)
    {
        List<(NodeJob Node, int Item)> nodes = [];
        for (int i = 0; i < items.Count; i++)
        {
            foreach (string name in Names(items[i]))
            {
                nodes.Add((items[i] with { Name = name, Count = 1 }, i));
            }
        }

        return nodes;
    }
}
