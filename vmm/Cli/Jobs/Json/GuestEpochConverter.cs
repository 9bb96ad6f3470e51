namespace Dilaton.Cli;

internal sealed class GuestEpochConverter : TextConverter<GuestEpoch>
{
    protected override bool TryParse(string text, out GuestEpoch value, out string? why) =>
        GuestEpoch.TryParse(text, out value, out why);

    protected override string Format(GuestEpoch value) => value.ToString();
}
