using Dilaton.Core;

namespace Dilaton.Cli;

internal sealed class RatioConverter : TextConverter<Ratio>
{
    protected override bool TryParse(string text, out Ratio value, out string? why) =>
        RatioText.TryParse(text, out value, out why);

    protected override string Format(Ratio value) => RatioText.Format(value);
}
