using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A guest-physical address, written as "0x100000000".</summary>
internal readonly record struct PhysicalAddress(ulong Value)
{
    public const string Pattern = "^0x[0-9a-fA-F]{1,16}$";

    public static bool TryParse(string text, out PhysicalAddress value, out string? why)
    {
        bool ok = ulong.TryParse(
            text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : "",
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out ulong address);
        value = new PhysicalAddress(address);
        why = ok ? null : $"'{text}' is not an address such as 0x100000000";
        return ok;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");
}
