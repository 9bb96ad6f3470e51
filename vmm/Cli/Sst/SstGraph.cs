using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>A configuration as SST writes it with --output-json, and reads it again.</summary>
internal sealed class SstGraph
{
    private SstGraph(JsonObject root)
    {
        Root = root;
    }

    public JsonObject Root { get; }

    public IEnumerable<JsonObject> Components => Objects(Root, "components");

    public IEnumerable<JsonObject> Links => Objects(Root, "links");

    /// <returns>Null if it is no graph, with the reason.</returns>
    public static SstGraph? Parse(string text, out string why)
    {
        why = "";
        try
        {
            if (JsonNode.Parse(text) is not JsonObject root)
            {
                why = "it is no JSON object";
                return null;
            }

            SstGraph graph = new(root);
            why = graph.Fault() ?? "";
            return why.Length == 0 ? graph : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>All components with their subcomponents, each before what it holds.</summary>
    public IEnumerable<SstPart> Parts() =>
        Components.SelectMany(c => WithInner(new SstPart(Text(c, "name"), "", null, c)));

    public string Write() => Root.ToJsonString(PrettyJson.Options) + "\n";

    /// <summary>A text of an object; empty if there is none.</summary>
    public static string Text(JsonObject node, string key) => node[key]?.ToString() ?? "";

    public static IEnumerable<JsonObject> Objects(JsonObject node, string key) =>
        node[key] is JsonArray list ? list.OfType<JsonObject>() : [];

    private static IEnumerable<SstPart> WithInner(SstPart part)
    {
        yield return part;
        foreach (JsonObject inner in Objects(part.Node, "subcomponents"))
        {
            string slot = Text(inner, "slot_name");
            string number = Text(inner, "slot_number");
            SstPart child = new($"{part.Path}:{slot}[{number}]", slot, part, inner);
            foreach (SstPart each in WithInner(child))
            {
                yield return each;
            }
        }
    }

    private string? Fault()
    {
        if (Root["components"] is not JsonArray components || components.Count == 0)
        {
            return "it has no list `components`, so it is no graph of SST";
        }

        if (components.Any(c => c is not JsonObject))
        {
            return "`components` holds what is no object";
        }

        SstPart? nameless = Parts().FirstOrDefault(p => p.Type.Length == 0 || p.Path.Length == 0);
        return nameless is null ? null : $"component '{nameless.Path}' has no name or type";
    }
}
