using Dilaton.Core;

namespace Dilaton.Cli;

internal sealed class FrequencyConverter : TextConverter<Frequency>
{
    protected override bool TryParse(string text, out Frequency value, out string? why) =>
        Quantity.TryParseFrequency(text, out value, out why);

    protected override string Format(Frequency value) => value.ToString();
}
