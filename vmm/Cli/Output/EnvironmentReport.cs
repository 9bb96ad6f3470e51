using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>env.json: what the run ran on. Nothing in it may change a deterministic result.
/// </summary>
internal static class EnvironmentReport
{
    public static string Json(IReadOnlyList<string> commandLine)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("dilaton", ToolVersion.Text);
            writer.WriteString("commit", ToolVersion.Commit);
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteString("os", RuntimeInformation.OSDescription);
            writer.WriteString("cpu", CpuModel());
            writer.WriteNumber("hostCpus", Environment.ProcessorCount);
            writer.WriteString("workingFolder", Directory.GetCurrentDirectory());
            writer.WriteStartArray("commandLine");
            foreach (string argument in commandLine)
            {
                writer.WriteStringValue(argument);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length)
            + "\n";
    }

    public static string CpuModel()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                {
                    return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                }
            }
        }
        catch (IOException)
        {
        }

        return "unknown";
    }
}
