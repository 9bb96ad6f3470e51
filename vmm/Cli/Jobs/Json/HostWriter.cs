using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes the hosts of a job as JSON by hand, for <see cref="JobWriter"/>.</summary>
internal static class HostWriter
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<HostJob> hosts)
    {
        json.WriteStartArray("hosts");
        foreach (HostJob host in hosts)
        {
            json.WriteStartObject();
            json.WriteString("name", host.Name);
            json.WriteString("address", host.Address);
            json.WriteString("launch", host.Launch);
            json.WriteString("program", host.Program);
            json.WriteString("timeout", host.Timeout.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
