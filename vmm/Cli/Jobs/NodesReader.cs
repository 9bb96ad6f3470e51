namespace Dilaton.Cli;

/// <summary>Checks what the nodes of a job must have of each other.</summary>
internal static class NodesReader
{
    /// <summary>Of a host name, which it is in the guest.</summary>
    private const int NameMax = 63;

    public static void Check(
        IReadOnlyList<(JobNode Node, string Path)> items,
        IReadOnlyList<NodeJob> nodes,
        DiagnosticBag bag)
    {
        long count = nodes.Sum(node => (long)node.Count);
        if (count > Job.NodesMax)
        {
            bag.Error(
                DiagnosticCode.OutOfRange,
                items[^1].Node,
                $"nodes: {count} nodes are out of range (1 to {Job.NodesMax})");
            return;
        }

        CheckNames(items, nodes, bag);
        CheckInput(items, nodes, bag);
    }

    private static void CheckNames(
        IReadOnlyList<(JobNode Node, string Path)> items,
        IReadOnlyList<NodeJob> nodes,
        DiagnosticBag bag)
    {
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string name in NodeExpansion.Names(nodes[i]))
            {
                if (name.Length > NameMax)
                {
                    bag.Error(
                        DiagnosticCode.BadName,
                        KeyOf(items[i].Node, "name"),
                        $"{items[i].Path}.name: '{name}' is longer than {NameMax} characters");
                    break;
                }

                if (owners.TryAdd(name, i))
                {
                    continue;
                }

                bag.Error(
                    DiagnosticCode.Inconsistent,
                    KeyOf(items[i].Node, "name"),
                    $"{items[i].Path}.name: '{name}' is the name of a node of "
                        + $"{items[owners[name]].Path} already",
                    nodes[i].Count > 1
                        ? "a count above 1 puts numbers behind the name"
                        : "results, statistics and addresses are told by name");
                break;
            }
        }
    }

    /// <summary>One input can't be read by two guests: who gets what would be chance.</summary>
    private static void CheckInput(
        IReadOnlyList<(JobNode Node, string Path)> items,
        IReadOnlyList<NodeJob> nodes,
        DiagnosticBag bag)
    {
        int readers = 0;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Guest.Program.Stdin != "inherit")
            {
                continue;
            }

            readers += nodes[i].Count;
            if (readers > 1)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    KeyOf(items[i].Node, "guest", "program", "stdin"),
                    $"{items[i].Path}.guest.program.stdin: standard input can be inherited by one "
                        + "node only",
                    "give each node a file, or none");
                return;
            }
        }
    }

    /// <summary>The value at this path, or the nearest above it.</summary>
    private static JobNode KeyOf(JobNode node, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if ((node as JobMap)?.Find(key)?.Value is not { } value)
            {
                break;
            }

            node = value;
        }

        return node;
    }
}
