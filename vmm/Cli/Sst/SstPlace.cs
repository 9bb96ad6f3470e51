namespace Dilaton.Cli;

/// <summary>How a job names places of a graph: component.slot.port, component.slot[1].port. A slot
/// without a number is its first place.</summary>
internal static class SstPlace
{
    /// <summary>With the number of every slot.</summary>
    public static string Numbered(string slots) => string.Join('.', slots.Split('.')
        .Select(slot => slot.EndsWith(']') ? slot : $"{slot}[0]"));

    /// <summary>The place of a link's end, with numbers, and its port; which is empty if there is
    /// none.</summary>
    public static (string Place, string Port) End(string end)
    {
        int first = end.IndexOf('.', StringComparison.Ordinal);
        int last = end.LastIndexOf('.');
        return first < 0 ? (end, "")
            : first == last ? (end[..first], end[(first + 1)..])
            : ($"{end[..first]}.{Numbered(end[(first + 1)..last])}", end[(last + 1)..]);
    }

    /// <summary>As SST writes it: component:slot[number].</summary>
    public static string OfSst(string place) => place.Replace('.', ':');
}
