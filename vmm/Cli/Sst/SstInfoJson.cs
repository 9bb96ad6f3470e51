using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>What libraries and elements offer, for programs.</summary>
internal static class SstInfoJson
{
    public static string Of(IEnumerable<SstLibrary> libraries)
    {
        JsonObject root = new()
        {
            ["libraries"] = List(libraries, library => new JsonObject
            {
                ["name"] = library.Name,
                ["elements"] = List(library.Elements, Element),
            }),
        };
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonObject Element(SstElement element) => new()
    {
        ["kind"] = element.Kind,
        ["name"] = element.Name,
        ["description"] = element.Description,
        ["interface"] = element.Interface,
        ["parameters"] = List(element.Parameters, p => new JsonObject
        {
            ["name"] = p.Name,
            ["default"] = p.Default,
            ["description"] = p.Description,
        }),
        ["ports"] = List(element.Ports, p => new JsonObject
        {
            ["name"] = p.Name,
            ["description"] = p.Description,
        }),
        ["slots"] = List(element.Slots, s => new JsonObject
        {
            ["name"] = s.Name,
            ["interface"] = s.Interface,
            ["description"] = s.Description,
        }),
        ["statistics"] = List(element.Statistics, s => new JsonObject
        {
            ["name"] = s.Name,
            ["unit"] = s.Unit,
            ["level"] = s.Level,
            ["description"] = s.Description,
        }),
    };

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonObject> make)
    {
        JsonArray list = [];
        foreach (T item in items)
        {
            list.Add((JsonNode)make(item));
        }

        return list;
    }
}
