namespace Dilaton.Cli;

internal sealed class LatencyConverter : TextConverter<Latency>
{
    protected override bool TryParse(string text, out Latency value, out string? why) =>
        Latency.TryParse(text, out value, out why);

    protected override string Format(Latency value) => value.ToString();
}
