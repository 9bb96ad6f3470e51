using Dilaton.Core;

namespace Dilaton.Cli;

internal sealed class VirtualDurationConverter : TextConverter<VirtualDuration>
{
    protected override bool TryParse(string text, out VirtualDuration value, out string? why) =>
        Quantity.TryParseDuration(text, out value, out why);

    protected override string Format(VirtualDuration value) => value.ToString();
}
