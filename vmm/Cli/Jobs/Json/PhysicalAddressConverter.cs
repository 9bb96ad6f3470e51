namespace Dilaton.Cli;

internal sealed class PhysicalAddressConverter : TextConverter<PhysicalAddress>
{
    protected override bool TryParse(string text, out PhysicalAddress value, out string? why) =>
        PhysicalAddress.TryParse(text, out value, out why);

    protected override string Format(PhysicalAddress value) => value.ToString();
}
