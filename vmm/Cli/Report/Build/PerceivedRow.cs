namespace Dilaton.Cli;

/// <summary>What a system guest measured of itself, by three clocks, in seconds, all times together.</summary>
/// <param name="Name">Node and measurement.</param>
/// <param name="Guest">By the guest's own clock: what it perceives.</param>
/// <param name="Ran">By the host's, while the machine ran: what there is.</param>
/// <param name="Host">By the host's, with holds.</param>
internal sealed record PerceivedRow(
    string Name, double Count, double Guest, double Virtual, double Ran, double Host, double Bytes)
{
    public const string Words = "What system guests measured of themselves. Perceived: by the guest's own clock. "
        + "Physical: by the host's clock while the machine ran; a perceived second takes TDF of them, and what is "
        + "physical seems TDF times as fast. Virtual time is Dilaton's own account of what the guest's clock should "
        + "show. The host's clock went on besides while the machine was held: for the other nodes of its network, or "
        + "by a pause.";

    private const string Part = ".board.virtio.console.measures.";

    public static IReadOnlyList<string> Head =>
    [
        "measured", "times", "perceived", "physical", "physical / perceived", "perceived rate", "physical rate",
        "virtual time", "host's clock",
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
            values.GetValueOrDefault($"{name}.ran", double.NaN),
            values.GetValueOrDefault($"{name}.host", double.NaN),
            values.GetValueOrDefault($"{name}.bytes")))];
    }

    public string[] Cells() =>
    [
        Name, NumberText.Short(Count), MetricScale.Show(Guest, "Second"), MetricScale.Show(Ran, "Second"),
        Guest > 0 ? NumberText.Short(Ran / Guest) : "", Rate(Guest), Rate(Ran), MetricScale.Show(Virtual, "Second"),
        MetricScale.Show(Host, "Second"),
    ];

    private string Rate(double seconds) => Bytes > 0 && seconds > 0
        ? MetricScale.Show(Bytes / seconds, "B/s")
        : "";
}
