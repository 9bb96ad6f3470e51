using System.Text.RegularExpressions;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads and checks peers[].graph.</summary>
internal static partial class PeerGraphReader
{
    public static PeerGraphJob? Read(MapReader peer, DiagnosticBag bag)
    {
        if (peer.Take("graph") is not { } node || node is JobScalar { IsNull: true, Text.Length: > 0 })
        {
            return null;
        }

        MapReader map = peer.Section("graph");
        PeerGraphJob graph = new()
        {
            Components =
                [.. map.Items("components").Select(item => Component(item.Node, item.Path, bag))],
            Links = [.. map.Items("links").Select(item => Link(item.Node, item.Path, bag))],
        };
        map.Done();
        Check(graph, map);
        return graph;
    }

    private static GraphComponentJob Component(JobNode node, string path, DiagnosticBag bag)
    {
        MapReader map = MapReader.Open(node, node, path, bag);
        if (!map.Has("name"))
        {
            map.Missing("name");
        }

        GraphComponentJob component = new()
        {
            Name = map.Name("name", "component", "_-"),
            Type = map.RequiredText("type"),
            Params = map.TextMap("params") ?? new SortedDictionary<string, string>(),
            Slots = [.. map.Items("slots").Select(item => Slot(item.Node, item.Path, bag))],
        };
        map.Done();
        return component;
    }

    private static GraphSlotJob Slot(JobNode node, string path, DiagnosticBag bag)
    {
        MapReader map = MapReader.Open(node, node, path, bag);
        GraphSlotJob slot = new()
        {
            Slot = map.RequiredText("slot"),
            Type = map.RequiredText("type"),
            Params = map.TextMap("params") ?? new SortedDictionary<string, string>(),
        };
        map.Done();
        return slot;
    }

    private static GraphLinkJob Link(JobNode node, string path, DiagnosticBag bag)
    {
        MapReader map = MapReader.Open(node, node, path, bag);
        GraphLinkJob link = new()
        {
            A = map.RequiredText("a"),
            B = map.RequiredText("b"),
            Latency = map.Value<VirtualDuration>(
                "latency", VirtualDuration.FromPicoseconds(500), Quantity.TryParseDuration),
        };
        map.Done();
        return link;
    }

    private static void Check(PeerGraphJob graph, MapReader map)
    {
        string ours = Bridges.SstElementLibrary + ".";
        if (!graph.Components.Any(c => c.Type.StartsWith(ours, StringComparison.Ordinal)))
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "components",
                "none of them is of Dilaton's own library",
                "dilaton.Vcpus stands for the vCPUs of a node, dilaton.Nic for its network interface");
        }

        HashSet<string> places = [];
        foreach (GraphComponentJob component in graph.Components)
        {
            if (!places.Add(component.Name))
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    "components",
                    $"'{component.Name}' is the name of another component already");
            }

            foreach (GraphSlotJob slot in component.Slots)
            {
                if (!SlotPath().IsMatch(slot.Slot))
                {
                    map.Error(
                        DiagnosticCode.BadName,
                        "components",
                        $"'{slot.Slot}' is no slot of {component.Name}",
                        "such as memory, memory[1] or lowlink.linkcontrol");
                    continue;
                }

                string place = $"{component.Name}.{SstPlace.Numbered(slot.Slot)}";
                string owner = place[..place.LastIndexOf('.')];
                if (!places.Contains(owner) || !places.Add(place))
                {
                    map.Error(
                        DiagnosticCode.Inconsistent,
                        "components",
                        places.Contains(owner)
                            ? $"slot '{slot.Slot}' of {component.Name} is filled twice"
                            : $"slot '{slot.Slot}' of {component.Name} is a slot of nothing",
                        places.Contains(owner)
                            ? "write memory[0], memory[1] for two places of a slot"
                            : "what fills the slot before it must stand before it");
                }
            }
        }

        foreach (string end in graph.Links.SelectMany(link => new[] { link.A, link.B }))
        {
            (string place, string port) = SstPlace.End(end);
            if (port.Length == 0 || !places.Contains(place))
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    "links",
                    $"'{end}' is at nothing",
                    port.Length == 0
                        ? "write component.port or component.slot.port"
                        : Spelling.Help(place, places));
            }
        }
    }

    [GeneratedRegex(@"^\w+(\[[0-9]{1,4}\])?(\.\w+(\[[0-9]{1,4}\])?)*$")]
    private static partial Regex SlotPath();
}
