using System.Text.Json;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Writes `memory.numa` of a resolved job.</summary>
internal static class NumaWriter
{
    public static void Write(Utf8JsonWriter json, NumaJob? numa)
    {
        if (numa is null)
        {
            json.WriteNull("numa");
            return;
        }

        json.WriteStartObject("numa");
        json.WriteString("placement", JobChoices.Placement.WordOf(numa.Placement));
        json.WriteStartArray("nodes");
        foreach (NumaNodeJob node in numa.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Name);
            json.WriteStartArray("cores");
            foreach (int core in node.Cores)
            {
                json.WriteNumberValue(core);
            }

            json.WriteEndArray();
            WriteText(json, "size", node.Size?.ToString());
            DramWriter.Write(json, node.Dram);
            WriteLink(json, node.Link);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("distances");
        foreach (NumaDistanceJob distance in numa.Distances)
        {
            json.WriteStartObject();
            json.WriteString("from", distance.From);
            json.WriteString("to", distance.To);
            WriteFigures(json, distance.Latency, distance.Bandwidth);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteLink(Utf8JsonWriter json, MemoryLinkJob? link)
    {
        if (link is null)
        {
            json.WriteNull("link");
            return;
        }

        json.WriteStartObject("link");
        WriteFigures(json, link.Latency, link.Bandwidth);
        json.WriteEndObject();
    }

    private static void WriteFigures(
        Utf8JsonWriter json, VirtualDuration latency, Bandwidth? bandwidth)
    {
        json.WriteString("latency", latency.ToString());
        WriteText(json, "bandwidth", bandwidth?.ToString());
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }
}
