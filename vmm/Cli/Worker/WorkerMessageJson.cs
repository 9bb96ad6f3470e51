using System.Globalization;
using System.Text.Json;
using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A message as one line of JSON, written and read by hand for the same reason as
/// <see cref="JobWriter"/>.</summary>
internal static class WorkerMessageJson
{
    public static byte[] Write(WorkerMessage message)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", KindWord(message.Kind));
            json.WriteNumber("node", message.Node);
            json.WriteNumber("timePs", message.TimePs);
            json.WriteNumber("instructions", message.Instructions);
            json.WriteNumber("peerWaitSeconds", message.PeerWaitSeconds);
            json.WriteNumber("cpuSeconds", message.CpuSeconds);
            WriteTexts(json, "lines", message.Lines);
            if (message.Statistics is not null)
            {
                WriteStatistics(json, message.Statistics);
            }

            if (message.Timeline is not null)
            {
                TimelineJson.Write(json, message.Timeline);
            }

            if (message.End is not null)
            {
                WriteEnd(json, message.End);
            }

            if (message.Stand is { } stand)
            {
                json.WriteStartArray("stand");
                json.WriteNumberValue(stand.Known.Picoseconds);
                json.WriteNumberValue(stand.Earliest.Picoseconds);
                json.WriteBooleanValue(stand.HasEnded);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <exception cref="JsonException">The line is cut off.</exception>
    public static WorkerMessage Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return new WorkerMessage
        {
            Kind = KindOf(root.GetProperty("kind").GetString()!),
            Node = root.GetProperty("node").GetInt32(),
            TimePs = root.GetProperty("timePs").GetUInt64(),
            Instructions = root.GetProperty("instructions").GetUInt64(),
            PeerWaitSeconds = root.GetProperty("peerWaitSeconds").GetDouble(),
            CpuSeconds = root.GetProperty("cpuSeconds").GetDouble(),
            Lines = Texts(root, "lines"),
            Statistics = root.TryGetProperty("statistics", out JsonElement statistics)
                ? ReadStatistics(statistics)
                : null,
            Timeline = root.TryGetProperty(TimelineJson.Name, out JsonElement timeline)
                ? TimelineJson.Read(timeline)
                : null,
            End = root.TryGetProperty("end", out JsonElement end) ? ReadEnd(end) : null,
            Stand = root.TryGetProperty("stand", out JsonElement stand)
                ? new NodeStand(
                    new VirtualTime(stand[0].GetUInt64()),
                    new VirtualTime(stand[1].GetUInt64()),
                    stand[2].GetBoolean())
                : null,
        };
    }

    private static string KindWord(WorkerMessageKind kind) => kind switch
    {
        WorkerMessageKind.Listening => "listening",
        WorkerMessageKind.Started => "started",
        WorkerMessageKind.Progress => "progress",
        WorkerMessageKind.Statistics => "statistics",
        WorkerMessageKind.Dump => "dump",
        WorkerMessageKind.Refused => "refused",
        WorkerMessageKind.Ended => "ended",
        WorkerMessageKind.Failed => "failed",
        WorkerMessageKind.PeerFailed => "peer-failed",
        WorkerMessageKind.Tainted => "tainted",
        WorkerMessageKind.Stands => "stands",
        WorkerMessageKind.Changed => "changed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static WorkerMessageKind KindOf(string word) => word switch
    {
        "listening" => WorkerMessageKind.Listening,
        "started" => WorkerMessageKind.Started,
        "progress" => WorkerMessageKind.Progress,
        "statistics" => WorkerMessageKind.Statistics,
        "dump" => WorkerMessageKind.Dump,
        "refused" => WorkerMessageKind.Refused,
        "ended" => WorkerMessageKind.Ended,
        "failed" => WorkerMessageKind.Failed,
        "peer-failed" => WorkerMessageKind.PeerFailed,
        "tainted" => WorkerMessageKind.Tainted,
        "stands" => WorkerMessageKind.Stands,
        "changed" => WorkerMessageKind.Changed,
        _ => throw new JsonException($"unknown message '{word}'"),
    };

    private static void WriteStatistics(
        Utf8JsonWriter json, IReadOnlyList<StatisticLine> statistics)
    {
        json.WriteStartArray("statistics");
        foreach (StatisticLine line in statistics)
        {
            json.WriteStartArray();
            json.WriteStringValue(line.Name);
            json.WriteStringValue(line.Value);
            json.WriteStringValue(line.Divisor);
            json.WriteStringValue(line.Unit);
            json.WriteStringValue(line.Description);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static List<StatisticLine> ReadStatistics(JsonElement array)
    {
        List<StatisticLine> lines = new(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            lines.Add(new StatisticLine(
                item[0].GetString()!,
                item[1].GetString()!,
                item[2].GetString()!,
                item[3].GetString()!,
                item[4].GetString()!));
        }

        return lines;
    }

    private static void WriteEnd(Utf8JsonWriter json, WorkerEnd end)
    {
        json.WriteStartObject("end");
        json.WriteString("reason", end.Reason);
        if (end.Guest is { } guest)
        {
            json.WriteStartObject("guest");
            json.WriteNumber("exitCode", guest.ExitCode);
            json.WriteNumber("signal", guest.Signal);
            json.WriteString("message", guest.Message);
            json.WriteEndObject();
        }

        json.WriteNumber("markCode", end.MarkCode);
        json.WriteString("eventLogHash", end.EventLogHash);
        WriteTexts(json, "unsupportedSystemCalls", end.UnsupportedSystemCalls);
        json.WriteNumber("cpuSeconds", end.CpuSeconds);
        json.WriteNumber("peakMemoryBytes", end.PeakMemoryBytes);
        WriteTexts(
            json, "dilation", [.. end.Dilation.Select(each => $"{each.VirtualTimePs} {each.Tdf}")]);
        json.WriteString("clockRung", end.ClockRung);
        WriteTexts(json, "unanswered", end.Unanswered);
        json.WriteEndObject();
    }

    private static WorkerEnd ReadEnd(JsonElement end) => new(
        end.GetProperty("reason").GetString()!,
        end.TryGetProperty("guest", out JsonElement guest)
            ? new GuestDocument
            {
                ExitCode = guest.GetProperty("exitCode").GetInt32(),
                Signal = guest.GetProperty("signal").GetInt32(),
                Message = guest.GetProperty("message").GetString()!,
            }
            : null,
        end.GetProperty("markCode").GetUInt64(),
        end.GetProperty("eventLogHash").GetString()!,
        Texts(end, "unsupportedSystemCalls") ?? [],
        end.GetProperty("cpuSeconds").GetDouble(),
        end.GetProperty("peakMemoryBytes").GetInt64())
    {
        Dilation = [.. (Texts(end, "dilation") ?? []).Select(ReadChange)],
        ClockRung = end.GetProperty("clockRung").GetString()!,
        Unanswered = Texts(end, "unanswered") ?? [],
    };

    private static DilationDocument ReadChange(string text)
    {
        string[] words = text.Split(' ');
        return new DilationDocument
        {
            VirtualTimePs = ulong.Parse(words[0], CultureInfo.InvariantCulture),
            Tdf = words[1],
        };
    }

    private static void WriteTexts(
        Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static List<string>? Texts(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out JsonElement array))
        {
            return null;
        }

        List<string> texts = [];
        foreach (JsonElement item in array.EnumerateArray())
        {
            texts.Add(item.GetString()!);
        }

        return texts;
    }
}
