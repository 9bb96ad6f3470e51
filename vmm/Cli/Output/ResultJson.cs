using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes result.json by hand, for the same reason as <see cref="JobWriter"/>; a test
/// holds it to the serializer.</summary>
internal static class ResultJson
{
    public static string Write(ResultDocument result)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("schema", result.Schema);
            json.WriteString("name", result.Name);
            json.WriteString("status", result.Status);
            json.WriteNumber("exitCode", result.ExitCode);
            json.WriteString("reason", result.Reason);
            json.WriteBoolean("complete", result.Complete);
            json.WriteNumber("seed", result.Seed);
            json.WriteBoolean("interactive", result.Interactive);
            json.WriteStartArray("nodes");
            foreach (NodeResultDocument node in result.Nodes)
            {
                WriteNode(json, node);
            }

            json.WriteEndArray();
            WriteTexts(json, "warnings", result.Warnings);
            WriteTexts(json, "exact", result.Exact);
            WriteTexts(json, "estimates", result.Estimates);
            WriteHost(json, result.Host);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteNode(Utf8JsonWriter json, NodeResultDocument node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("engine", node.Engine);
        json.WriteString("clockRung", node.ClockRung);
        json.WriteString("end", node.End);
        json.WriteString("status", node.Status);
        json.WriteString("reason", node.Reason);
        json.WriteBoolean("tainted", node.Tainted);
        json.WriteString("virtualTime", node.VirtualTime);
        json.WriteNumber("virtualTimePs", node.VirtualTimePs);
        json.WriteNumber("instructions", node.Instructions);
        WriteKinds(json, node.CoreKinds);
        if (node.Guest is { } guest)
        {
            json.WriteStartObject("guest");
            json.WriteNumber("exitCode", guest.ExitCode);
            json.WriteNumber("signal", guest.Signal);
            json.WriteString("message", guest.Message);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("guest");
        }

        json.WriteStartArray("dilation");
        foreach (DilationDocument change in node.Dilation)
        {
            json.WriteStartObject();
            json.WriteNumber("virtualTimePs", change.VirtualTimePs);
            json.WriteString("tdf", change.Tdf);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteSampled(json, node.Sampled);
        json.WriteString("eventLogHash", node.EventLogHash);
        WriteTexts(json, "unsupportedSystemCalls", node.UnsupportedSystemCalls);
        WriteTexts(json, "report", node.Report);
        json.WriteEndObject();
    }

    private static void WriteHost(Utf8JsonWriter json, HostDocument host)
    {
        json.WriteStartObject("host");
        json.WriteNumber("wallSeconds", host.WallSeconds);
        json.WriteNumber("cpuSeconds", host.CpuSeconds);
        json.WriteNumber("mips", host.Mips);
        json.WriteNumber("slowdown", host.Slowdown);
        json.WriteNumber("peakMemoryBytes", host.PeakMemoryBytes);
        json.WriteString("folder", host.Folder);
        json.WriteEndObject();
    }

    private static void WriteKinds(Utf8JsonWriter json, IReadOnlyList<CoreKindDocument> kinds)
    {
        json.WriteStartArray("coreKinds");
        foreach (CoreKindDocument kind in kinds)
        {
            json.WriteStartObject();
            json.WriteNumber("first", kind.First);
            json.WriteNumber("count", kind.Count);
            json.WriteNumber("frequencyHz", kind.FrequencyHz);
            json.WriteString("model", kind.Model);
            json.WriteString("cpi", kind.Cpi);
            json.WriteNumber("instructions", kind.Instructions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSampled(Utf8JsonWriter json, IReadOnlyList<EstimateDocument> sampled)
    {
        json.WriteStartArray("sampled");
        foreach (EstimateDocument each in sampled)
        {
            json.WriteStartObject();
            json.WriteString("name", each.Name);
            json.WriteString("unit", each.Unit);
            json.WriteNumber("mean", each.Mean);
            WriteEnd("low", each.Low);
            WriteEnd("high", each.High);
            WriteEnd("warmLow", each.WarmLow);
            WriteEnd("warmHigh", each.WarmHigh);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void WriteEnd(string name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
