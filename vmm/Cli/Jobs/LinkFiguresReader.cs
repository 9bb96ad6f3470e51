using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads `network.links`, and the figures that an overlay's links have too.</summary>
internal static class LinkFiguresReader
{
    private const int OverheadMax = 1024;

    public static IReadOnlyList<LinkChangeJob> ReadChanges(MapReader network)
    {
        List<LinkChangeJob> changes = [];
        foreach (MapReader map in network.Maps("links"))
        {
            LinkChangeJob change = Read(map, new LinkChangeJob { Name = map.RequiredText("name") });
            if (changes.Exists(other => other.Name == change.Name))
            {
                map.Error(
                    DiagnosticCode.Inconsistent, "name", $"'{change.Name}' is in the list already");
            }

            map.Done();
            changes.Add(change);
        }

        return changes;
    }

    public static T Read<T>(MapReader map, T link)
        where T : LinkFiguresJob
    {
        link = link with
        {
            Bandwidth = map.Optional<Bandwidth>("bandwidth", null, Bandwidth.TryParse),
            Latency = map.Optional<VirtualDuration>("latency", null, Quantity.TryParseDuration),
            Mtu = map.Optional<ByteSize>("mtu", null, ByteSize.TryParse),
            Buffer = map.Optional<ByteSize>("buffer", null, ByteSize.TryParse),
            Loss = map.Optional<Ratio>("loss", null, RatioText.TryParse),
            Overhead = map.IsNull("overhead") || !map.Has("overhead")
                ? null
                : (int)map.Integer("overhead", 0, 0, OverheadMax),
        };
        map.Take("overhead");
        if (link.Mtu is { } mtu)
        {
            NetworkReader.CheckMtu(map, mtu);
        }

        return link;
    }
}
