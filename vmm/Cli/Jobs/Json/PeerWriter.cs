using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes the peers of a job as JSON by hand, for <see cref="JobWriter"/>.</summary>
internal static class PeerWriter
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PeerJob> peers)
    {
        json.WriteStartArray("peers");
        foreach (PeerJob peer in peers)
        {
            json.WriteStartObject();
            json.WriteString("name", peer.Name);
            json.WriteString("kind", JobChoices.Peer.WordOf(peer.Kind));
            json.WriteString("config", peer.Config);
            WriteGraph(json, peer.Graph);
            json.WriteString("program", peer.Program);
            json.WriteStartArray("args");
            foreach (string argument in peer.Args)
            {
                json.WriteStringValue(argument);
            }

            json.WriteEndArray();
            json.WriteNumber("ranks", peer.Ranks);
            json.WriteString("record", peer.Record);
            json.WriteString("minLatency", peer.MinLatency.ToString());
            json.WriteString("timeout", peer.Timeout.ToString());
            json.WriteString("endpoint", peer.Endpoint);
            json.WriteString("ring", JobChoices.Ring.WordOf(peer.Ring));
            json.WriteString("host", peer.Host);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGraph(Utf8JsonWriter json, PeerGraphJob? graph)
    {
        if (graph is null)
        {
            json.WriteNull("graph");
            return;
        }

        json.WriteStartObject("graph");
        json.WriteStartArray("components");
        foreach (GraphComponentJob component in graph.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("type", component.Type);
            WriteParameters(json, component.Params);
            json.WriteStartArray("slots");
            foreach (GraphSlotJob slot in component.Slots)
            {
                json.WriteStartObject();
                json.WriteString("slot", slot.Slot);
                json.WriteString("type", slot.Type);
                WriteParameters(json, slot.Params);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("links");
        foreach (GraphLinkJob link in graph.Links)
        {
            json.WriteStartObject();
            json.WriteString("a", link.A);
            json.WriteString("b", link.B);
            json.WriteString("latency", link.Latency.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteParameters(
        Utf8JsonWriter json, IReadOnlyDictionary<string, string> parameters)
    {
        json.WriteStartObject("params");
        foreach ((string key, string value) in parameters)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
