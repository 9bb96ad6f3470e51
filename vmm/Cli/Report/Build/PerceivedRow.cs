namespace Dilaton.Cli;

/// <summary>What a system guest measured of itself, by three clocks, in seconds, all times together.</summary>
/// <param name="Name">Node and measurement.</param>
/// <param name="Guest">By the guest's own clock: what it perceives.</param>
/// <param name="Host">By the host's: what there is.</param>
internal sealed record PerceivedRow(string Name, double Count, double Guest, double Virtual, double Host, double Bytes)
{
    private const string Part = ".board.virtio.console.measures.";

    public static IReadOnlyList<string> Head =>
    [
        "measured", "times", "guest's clock", "virtual time", "host's clock", "host / guest", "rate to the guest",
        "rate on the host",
    ];

    /// <returns>In the order in which the guest began.</returns>
    public static IReadOnlyList<PerceivedRow> Of(IReadOnlyList<RunStatistic> statistics)
    {
        const string last = ".count";
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        List<string> names = [];
        foreach (RunStatistic item in statistics.Where(item => item.Name.Contains(Part, StringComparison.Ordinal)))
        {
            values[item.Name] = item.Value;
            if (item.Name.EndsWith(last, StringComparison.Ordinal))
            {
                names.Add(item.Name[..^last.Length]);
            }
        }

        return [.. names.Select(name => new PerceivedRow(
            name.Replace(Part, ": ", StringComparison.Ordinal),
            values[$"{name}{last}"],
            values.GetValueOrDefault($"{name}.guest", double.NaN),
            values.GetValueOrDefault($"{name}.virtual", double.NaN),
            values.GetValueOrDefault($"{name}.host", double.NaN),
            values.GetValueOrDefault($"{name}.bytes")))];
    }

    public string[] Cells() =>
    [
        Name, NumberText.Short(Count), MetricScale.Show(Guest, "Second"), MetricScale.Show(Virtual, "Second"),
        MetricScale.Show(Host, "Second"), Guest > 0 ? NumberText.Short(Host / Guest) : "", Rate(Guest), Rate(Host),
    ];

    private string Rate(double seconds) => Bytes > 0 && seconds > 0
        ? MetricScale.Show(Bytes / seconds, "B/s")
        : "";
}
