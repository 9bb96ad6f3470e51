namespace Dilaton.Cli;

internal sealed class PercentConverter : TextConverter<Percent>
{
    protected override bool TryParse(string text, out Percent value, out string? why) =>
        Percent.TryParse(text, out value, out why);

    protected override string Format(Percent value) => value.ToString();
}
