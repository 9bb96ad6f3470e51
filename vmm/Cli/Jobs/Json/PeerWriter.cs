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
            json.WriteString("program", peer.Program);
            json.WriteStartArray("args");
            foreach (string argument in peer.Args)
            {
                json.WriteStringValue(argument);
            }

            json.WriteEndArray();
            json.WriteString("record", peer.Record);
            json.WriteString("minLatency", peer.MinLatency.ToString());
            json.WriteString("timeout", peer.Timeout.ToString());
            json.WriteString("endpoint", peer.Endpoint);
            json.WriteString("ring", JobChoices.Ring.WordOf(peer.Ring));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
