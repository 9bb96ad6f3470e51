using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>What became of a point, as its own result.json tells: the one truth, whoever ran it.
/// </summary>
internal sealed record PointResult
{
    public const string Damaged = "damaged";

    /// <summary>As in result.json; of a point without one, why.</summary>
    public required string Status { get; init; }

    /// <summary>In words.</summary>
    public required string Reason { get; init; }

    /// <summary>It need not run again: it went well, or reached `time.until`, which ends many a run
    /// that has no end of its own.</summary>
    public bool IsDone { get; init; }

    /// <summary>A signal ended it before its end.</summary>
    public bool IsCutOff => Status == ExitCode.WordOf(ExitCode.Terminated)
        || Status == ExitCode.WordOf(ExitCode.Interrupted);

    /// <summary>The whole of what its job makes of it; else the host had a part in its end.</summary>
    public bool IsWhole { get; init; }

    /// <summary>In the order of results.csv; of a point that failed, only how its guests ended.
    /// </summary>
    public IReadOnlyList<PointMetric> Metrics { get; init; } = [];

    /// <summary>Host's figures: name and value of result.json's `host`.</summary>
    public IReadOnlyList<PointMetric> Host { get; init; } = [];

    public double WallSeconds => HostFigure("wallSeconds") ?? 0;

    public double? HostFigure(string name) => ValueOf(Host, name);

    public double? Metric(string name) => ValueOf(Metrics, name);

    /// <returns>Null if there is none that is whole.</returns>
    public static PointResult? Read(string folder, IReadOnlyList<string> metrics)
    {
        string path = Path.Combine(folder, "result.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using JsonDocument result = JsonDocument.Parse(File.ReadAllBytes(path));
            return Of(result.RootElement, folder, metrics);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException or IOException)
        {
            return new PointResult { Status = Damaged, Reason = $"{path} can't be read: {e.Message}" };
        }
    }

    private static PointResult Of(JsonElement result, string folder, IReadOnlyList<string> metrics)
    {
        int code = result.GetProperty("exitCode").GetInt32();
        bool isUntil = result.GetProperty("nodes").EnumerateArray().All(
            node => node.GetProperty("status").GetString() is "ok"
                || node.GetProperty("end").GetString() == NodeEndWords.Until);
        bool isDone = code == ExitCode.Ok || (code == ExitCode.LimitReached && isUntil);
        bool isWhole = isDone || (code == ExitCode.GuestFailed
            && result.GetProperty("complete").GetBoolean());
        return new PointResult
        {
            Status = result.GetProperty("status").GetString()!,
            Reason = result.GetProperty("reason").GetString()!,
            IsDone = isDone,
            IsWhole = isWhole,
            Metrics = isDone ? PointMetrics.Of(result, Statistics(folder), metrics)
                : isWhole ? PointMetrics.ExitCodes(result)
                : [],
            Host = [.. result.GetProperty("host").EnumerateObject()
                .Where(p => p.Value.ValueKind == JsonValueKind.Number)
                .Select(p => new PointMetric(p.Name, p.Value.GetRawText(), ""))],
        };
    }

    /// <summary>Those of the end of all nodes, the last block.</summary>
    private static List<PointMetric> Statistics(string folder)
    {
        using JsonDocument file =
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "stats.json")));
        JsonElement dumps = file.RootElement.GetProperty("dumps");
        int count = dumps.GetArrayLength();
        return count == 0 ? [] :
        [
            .. dumps[count - 1].GetProperty("statistics").EnumerateArray()
                .Where(item => item.GetProperty("value").ValueKind == JsonValueKind.Number)
                .Select(item => new PointMetric(
                    item.GetProperty("name").GetString()!,
                    item.GetProperty("value").GetRawText(),
                    item.GetProperty("unit").GetString()!)),
        ];
    }

    private static double? ValueOf(IReadOnlyList<PointMetric> metrics, string name)
    {
        foreach (PointMetric metric in metrics)
        {
            if (metric.Name == name)
            {
                return double.Parse(metric.Value, System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
