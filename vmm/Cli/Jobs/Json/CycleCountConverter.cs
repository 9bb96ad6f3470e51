namespace Dilaton.Cli;

internal sealed class CycleCountConverter : TextConverter<CycleCount>
{
    protected override bool TryParse(string text, out CycleCount value, out string? why) =>
        CycleCount.TryParse(text, out value, out why);

    protected override string Format(CycleCount value) => value.ToString();
}
