using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>Reads JSON that may be of another form than hoped.</summary>
internal static class JsonText
{
    public static string? Text(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <returns>NaN if it is no number.</returns>
    public static double Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;

    public static IEnumerable<JsonNode?> Items(JsonNode? node) => node is JsonArray list ? list : [];

    public static IReadOnlyList<string> Texts(JsonNode? node) =>
        [.. Items(node).Select(Text).OfType<string>()];

    /// <returns>What is found by following the keys, or null.</returns>
    public static JsonNode? Find(JsonNode? node, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            node = node is JsonObject map ? map[key] : null;
        }

        return node;
    }
}
