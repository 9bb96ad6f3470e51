using System.Text.Json;
using Dilaton.Core;
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
                WriteForetold(json, place.Foretold);
                if (place.Gdb is { } gdb)
                {
                    json.WriteString("gdb", gdb);
                }

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
                keys)
            {
                Foretold = ReadForetold(node.GetProperty("foretold")),
                Gdb = node.TryGetProperty("gdb", out JsonElement gdb) ? gdb.GetString() : null,
            });
        }

        return new WorkerPlace(nodes);
    }

    private static void WriteForetold(Utf8JsonWriter json, IReadOnlyList<ForetoldTdf> changes)
    {
        json.WriteStartArray("foretold");
        foreach (ForetoldTdf change in changes)
        {
            json.WriteStartArray();
            json.WriteNumberValue(change.Known.Picoseconds);
            json.WriteNumberValue(change.At.Picoseconds);
            json.WriteNumberValue(change.Factor.Numerator);
            json.WriteNumberValue(change.Factor.Denominator);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static List<ForetoldTdf> ReadForetold(JsonElement array)
    {
        List<ForetoldTdf> changes = new(array.GetArrayLength());
        foreach (JsonElement change in array.EnumerateArray())
        {
            changes.Add(new ForetoldTdf(
                new VirtualTime(change[0].GetUInt64()),
                new VirtualTime(change[1].GetUInt64()),
                new Ratio(change[2].GetUInt64(), change[3].GetUInt64())));
        }

        return changes;
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
