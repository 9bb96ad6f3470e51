using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>A place as one line of JSON, by hand for the same reason as <see cref="JobWriter"/>.
/// </summary>
internal static class NodePlaceJson
{
    public static byte[] Write(NodePlace place)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("index", place.Index);
            json.WriteNumber("count", place.Count);
            json.WriteString("path", place.Path);
            json.WriteString("folder", place.Folder);
            if (place.Cluster is { } cluster)
            {
                json.WriteString("endpoint", cluster.Endpoint);
                json.WriteStartArray("names");
                foreach (string name in cluster.Names)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    public static NodePlace Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return new NodePlace(
            root.GetProperty("index").GetInt32(),
            root.GetProperty("count").GetInt32(),
            root.GetProperty("path").GetString()!,
            root.GetProperty("folder").GetString()!,
            root.TryGetProperty("endpoint", out JsonElement endpoint)
                ? new ClusterPlace(endpoint.GetString()!, Names(root.GetProperty("names")))
                : null);
    }

    private static List<string> Names(JsonElement array)
    {
        List<string> names = new(array.GetArrayLength());
        foreach (JsonElement name in array.EnumerateArray())
        {
            names.Add(name.GetString()!);
        }

        return names;
    }
}
