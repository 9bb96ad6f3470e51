namespace Dilaton.Cli;

internal sealed class ByteSizeConverter : TextConverter<ByteSize>
{
    protected override bool TryParse(string text, out ByteSize value, out string? why) =>
        ByteSize.TryParse(text, out value, out why);

    protected override string Format(ByteSize value) => value.ToString();
}
