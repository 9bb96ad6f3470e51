namespace Dilaton.Cli;

internal sealed class BandwidthConverter : TextConverter<Bandwidth>
{
    protected override bool TryParse(string text, out Bandwidth value, out string? why) =>
        Bandwidth.TryParse(text, out value, out why);

    protected override string Format(Bandwidth value) => value.ToString();
}
