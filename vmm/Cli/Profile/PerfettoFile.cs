using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>timeline.json: what each core did when, as JSON trace events ("Trace Event Format"), which
/// ui.perfetto.dev opens. A process is a node, a thread a core: slices with their cycles by cause, and a
/// counter of cycles in a hundred for each cause. Times are virtual, in microseconds, whole picoseconds.
/// </summary>
internal static class PerfettoFile
{
    private const int ProcessId = 1;
    private const ulong PicosecondsPerMicrosecond = 1_000_000;

    public static byte[] Of(string node, SliceTimeline timeline, ulong unitsPerCycle)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("displayTimeUnit", "ns");
            json.WriteStartArray("traceEvents");
            WriteName(json, "process_name", 0, node);
            for (int i = 0; i < timeline.VcpuCount; i++)
            {
                WriteName(json, "thread_name", i + 1, string.Create(CultureInfo.InvariantCulture, $"vcpu{i}"));
                foreach (TimelineSlice slice in timeline.SlicesOf(i))
                {
                    WriteSlice(json, i, slice, unitsPerCycle);
                    WriteShares(json, i, slice);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteName(Utf8JsonWriter json, string what, int thread, string name)
    {
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", what);
        json.WriteNumber("pid", ProcessId);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSlice(Utf8JsonWriter json, int vcpu, TimelineSlice slice, ulong unitsPerCycle)
    {
        json.WriteStartObject();
        json.WriteString("ph", "X");
        json.WriteString("name", slice.Kind switch
        {
            SliceKind.Run => "run",
            SliceKind.Kernel => "kernel",
            _ => "waiting",
        });
        json.WriteNumber("pid", ProcessId);
        json.WriteNumber("tid", vcpu + 1);
        WriteTime(json, "ts", slice.BeginPs);
        WriteTime(json, "dur", slice.EndPs - slice.BeginPs);
        json.WriteStartObject("args");
        json.WriteNumber("instructions", slice.Instructions);
        for (int i = 0; i < slice.Units.Count; i++)
        {
            if (slice.Units[i] > 0)
            {
                json.WritePropertyName(SliceTimeline.Parts[i]);
                json.WriteRawValue(StatisticText.Value(
                    new Core.Statistic("", slice.Units[i], unitsPerCycle, "", "")));
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteShares(Utf8JsonWriter json, int vcpu, TimelineSlice slice)
    {
        ulong all = 0;
        foreach (ulong units in slice.Units)
        {
            all += units;
        }

        json.WriteStartObject();
        json.WriteString("ph", "C");
        json.WriteString("name", string.Create(CultureInfo.InvariantCulture, $"vcpu{vcpu} % of cycles"));
        json.WriteNumber("pid", ProcessId);
        WriteTime(json, "ts", slice.BeginPs);
        json.WriteStartObject("args");
        for (int i = 0; i < slice.Units.Count; i++)
        {
            json.WriteNumber(SliceTimeline.Parts[i], all == 0 ? 0 : (ulong)((UInt128)slice.Units[i] * 100 / all));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, ulong picoseconds)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(string.Create(
            CultureInfo.InvariantCulture,
            $"{picoseconds / PicosecondsPerMicrosecond}.{picoseconds % PicosecondsPerMicrosecond:000000}"));
    }
}
