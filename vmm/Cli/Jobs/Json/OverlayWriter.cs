using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes the overlay of a job as JSON by hand, for <see cref="JobWriter"/>.</summary>
internal static class OverlayWriter
{
    public static void Write(Utf8JsonWriter json, OverlayJob? overlay)
    {
        if (overlay is null)
        {
            json.WriteNull("overlay");
            return;
        }

        json.WriteStartObject("overlay");
        json.WriteStartArray("hosts");
        foreach (OverlayHostJob host in overlay.Hosts)
        {
            json.WriteStartObject();
            json.WriteString("name", host.Name);
            WriteTexts(json, "nodes", host.Nodes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("links");
        foreach (OverlayLinkJob link in overlay.Links)
        {
            json.WriteStartObject();
            json.WriteString("name", link.Name);
            WriteTexts(json, "hosts", link.Hosts);
            NetworkWriter.WriteFigures(json, link);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("learning", overlay.Learning);
        json.WriteString("ageing", overlay.Ageing.ToString());
        json.WriteNumber("hops", overlay.Hops);
        json.WriteString("duplicates", JobChoices.Duplicates.WordOf(overlay.Duplicates));
        json.WriteString("routes", overlay.Routes);
        json.WriteEndObject();
    }

    private static void WriteTexts(
        Utf8JsonWriter json, string key, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(key);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
