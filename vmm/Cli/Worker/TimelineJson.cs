using System.Text.Json;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A timeline on its way from worker to front: an array of numbers per row.</summary>
internal static class TimelineJson
{
    public const string Name = "timeline";

    public static void Write(Utf8JsonWriter json, IReadOnlyList<TimelineSample> samples)
    {
        json.WriteStartArray(Name);
        foreach (TimelineSample sample in samples)
        {
            json.WriteStartArray();
            json.WriteNumberValue(sample.BeginPs);
            json.WriteNumberValue(sample.EndPs);
            json.WriteNumberValue(sample.ExecutedPs);
            json.WriteNumberValue(sample.StallPs);
            json.WriteNumberValue(sample.KernelPs);
            json.WriteNumberValue(sample.WaitingPs);
            json.WriteNumberValue(sample.Instructions);
            json.WriteNumberValue(sample.MemoryRequests);
            json.WriteNumberValue(sample.FramesSent);
            json.WriteNumberValue(sample.FramesReceived);
            json.WriteNumberValue(sample.PagesWritten);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    public static IReadOnlyList<TimelineSample> Read(JsonElement array)
    {
        List<TimelineSample> samples = new(array.GetArrayLength());
        foreach (JsonElement row in array.EnumerateArray())
        {
            samples.Add(new TimelineSample(
                row[0].GetUInt64(),
                row[1].GetUInt64(),
                row[2].GetUInt64(),
                row[3].GetUInt64(),
                row[4].GetUInt64(),
                row[5].GetUInt64(),
                row[6].GetUInt64(),
                row[7].GetUInt64(),
                row[8].GetUInt64(),
                row[9].GetUInt64(),
                row[10].GetUInt64()));
        }

        return samples;
    }
}
