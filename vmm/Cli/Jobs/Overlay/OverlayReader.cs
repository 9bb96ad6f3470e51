using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Reads `network.overlay`; what its names mean shows once all nodes are known.</summary>
internal static class OverlayReader
{
    public static OverlayJob? Read(MapReader network)
    {
        if (!network.Has("overlay") || network.IsNull("overlay"))
        {
            network.Take("overlay");
            return null;
        }

        MapReader map = network.Section("overlay");
        OverlayJob standard = new();
        OverlayJob overlay = new()
        {
            Hosts = [.. map.Maps("hosts").Select(Host)],
            Links = [.. map.Maps("links").Select(Link)],
            Learning = map.Flag("learning", standard.Learning),
            Ageing = map.Value<VirtualDuration>(
                "ageing", standard.Ageing, Quantity.TryParseDuration),
            Hops = (int)map.Integer("hops", standard.Hops, 1, OverlayOptions.HopsMax),
            Duplicates = map.Word("duplicates", standard.Duplicates, JobChoices.Duplicates),
            Routes = map.Text("routes", standard.Routes),
        };
        if (overlay.Hosts.Count == 0)
        {
            map.Missing("hosts");
        }

        map.Done();
        return overlay;
    }

    private static OverlayHostJob Host(MapReader map)
    {
        OverlayHostJob host = new()
        {
            Name = RequiredName(map),
            Nodes = map.TextList("nodes") ?? [],
        };
        map.Done();
        return host;
    }

    private static OverlayLinkJob Link(MapReader map)
    {
        OverlayLinkJob link = new()
        {
            Name = RequiredName(map),
            Hosts = map.TextList("hosts") ?? [],
        };
        if (link.Hosts.Count != 2)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "hosts", "a link joins two hosts", "hosts: [a, b]");
        }

        link = LinkFiguresReader.Read(map, link);
        map.Done();
        return link;
    }

    private static string RequiredName(MapReader map)
    {
        if (!map.Has("name"))
        {
            map.Missing("name");
        }

        return map.Name("name", "unnamed", "_-");
    }
}
