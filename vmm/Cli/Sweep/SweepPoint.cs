namespace Dilaton.Cli;

/// <summary>One run of a sweep.</summary>
/// <param name="Series">Number of the combination of values, whose repeats are one series.</param>
/// <param name="Repeat">From 0.</param>
/// <param name="Values">In the order of the sweep's paths.</param>
internal sealed record SweepPoint(
    string Id, int Series, int Repeat, long Seed, IReadOnlyList<string> Values)
{
    /// <summary>For messages: "time.tdf=10, cores.count=2".</summary>
    public string Describe(IReadOnlyList<string> paths)
    {
        string values = string.Join(", ", paths.Select((path, i) => $"{path}={Values[i]}"));
        string repeat = Repeat > 0 ? $"repeat {Repeat}" : "";
        return string.Join(", ", new[] { values, repeat }.Where(part => part.Length > 0));
    }
}
