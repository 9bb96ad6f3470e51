using System.Globalization;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>The graph that a job describes, in the shape that SST reads and writes. All statistics
/// go to statistics.csv in the peer's folder.</summary>
internal static class SstGraphBuilder
{
    /// <summary>Name of the file in the peer's folder.</summary>
    public const string FileName = "graph.json";

    public static string Build(PeerGraphJob graph)
    {
        JsonArray components = [];
        foreach (GraphComponentJob component in graph.Components)
        {
            components.Add((JsonNode)Component(component));
        }

        JsonArray links = [];
        foreach (GraphLinkJob link in graph.Links)
        {
            string latency = $"{link.Latency.Picoseconds.ToString(CultureInfo.InvariantCulture)} ps";
            links.Add((JsonNode)new JsonObject
            {
                ["name"] = $"link_{links.Count}",
                ["noCut"] = false,
                ["nonlocal"] = false,
                ["left"] = End(link.A, latency),
                ["right"] = End(link.B, latency),
            });
        }

        JsonObject root = new()
        {
            ["program_options"] = new JsonObject { ["timebase"] = "1ps" },
            ["statistics_options"] = new JsonObject
            {
                ["statisticLoadLevel"] = 7,
                ["statisticOutput"] = "sst.statOutputCSV",
                ["params"] = new JsonObject
                {
                    ["filepath"] = "statistics.csv",
                    ["separator"] = ",",
                },
            },
            ["components"] = components,
            ["statistics_group"] = null,
            ["links"] = links,
        };
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonObject Component(GraphComponentJob component)
    {
        JsonObject made = new() { ["name"] = component.Name, ["type"] = component.Type };
        Finish(made, component.Params);
        Dictionary<string, JsonObject> places = new() { [""] = made };
        foreach (GraphSlotJob slot in component.Slots)
        {
            string place = SstPlace.Numbered(slot.Slot);
            int dot = place.LastIndexOf('.');
            string name = place[(dot + 1)..];
            int bracket = name.IndexOf('[', StringComparison.Ordinal);
            JsonObject inner = new()
            {
                ["slot_name"] = name[..bracket],
                ["slot_number"] = int.Parse(
                    name[(bracket + 1)..^1], CultureInfo.InvariantCulture),
                ["type"] = slot.Type,
            };
            Finish(inner, slot.Params);
            JsonObject owner = places[dot < 0 ? "" : place[..dot]];
            if (owner["subcomponents"] is not JsonArray list)
            {
                list = [];
                owner["subcomponents"] = list;
            }

            list.Add((JsonNode)inner);
            places[place] = inner;
        }

        return made;
    }

    private static void Finish(JsonObject node, IReadOnlyDictionary<string, string> parameters)
    {
        node["statistics_options"] = new JsonObject { ["enable_all_statistics"] = true };
        if (parameters.Count == 0)
        {
            return;
        }

        JsonObject map = [];
        foreach ((string key, string value) in parameters)
        {
            map[key] = value;
        }

        node["params"] = map;
    }

    private static JsonObject End(string end, string latency)
    {
        (string place, string port) = SstPlace.End(end);
        return new JsonObject
        {
            ["component"] = SstPlace.OfSst(place),
            ["port"] = port,
            ["latency"] = latency,
        };
    }
}
