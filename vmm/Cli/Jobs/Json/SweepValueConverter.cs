namespace Dilaton.Cli;

internal sealed class SweepValueConverter : TextConverter<SweepValue>
{
    protected override bool TryParse(string text, out SweepValue value, out string? why)
    {
        (value, why) = (new SweepValue(text), null);
        return true;
    }

    protected override string Format(SweepValue value) => value.Text;
}
