using System.Text.Json;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>A place as one line of JSON, by hand for the same reason as <see cref="JobWriter"/>.
/// </summary>
internal static class WorkerPlaceJson
{
    public static byte[] Write(WorkerPlace worker)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("count", worker.Nodes[0].Count);
            if (worker.Nodes[0].Keys is { } keys)
            {
                json.WriteString("keys", keys.ToLine());
            }

            if (worker.Nodes[0].Cluster is { } cluster)
            {
                json.WriteString("endpoint", cluster.Endpoint);
                json.WriteStartArray("names");
                foreach (string name in cluster.Names)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteStartArray("nodes");
            foreach (NodePlace place in worker.Nodes)
            {
                json.WriteStartObject();
                json.WriteNumber("index", place.Index);
                json.WriteString("path", place.Path);
                json.WriteString("folder", place.Folder);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    public static WorkerPlace Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        int count = root.GetProperty("count").GetInt32();
        ClusterPlace? cluster = root.TryGetProperty("endpoint", out JsonElement endpoint)
            ? new ClusterPlace(endpoint.GetString()!, Names(root.GetProperty("names")))
            : null;
        CurveKeys? keys = root.TryGetProperty("keys", out JsonElement text)
            ? CurveKeys.TryParse(text.GetString()!)
            : null;
        List<NodePlace> nodes = [];
        foreach (JsonElement node in root.GetProperty("nodes").EnumerateArray())
        {
            nodes.Add(new NodePlace(
                node.GetProperty("index").GetInt32(),
                count,
                node.GetProperty("path").GetString()!,
                node.GetProperty("folder").GetString()!,
                cluster,
                keys));
        }

        return new WorkerPlace(nodes);
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
