using System.Globalization;
using System.Text;

namespace Dilaton.Guest;

/// <summary>Hexadecimal text of the debugger's packets.</summary>
internal static class HexText
{
    /// <returns>-1 for what is no digit.</returns>
    public static int Digit(int character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'f' => character - 'a' + 10,
        >= 'A' and <= 'F' => character - 'A' + 10,
        _ => -1,
    };

    public static byte Character(int digit) => (byte)"0123456789abcdef"[digit];

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <returns>Null if it is not pairs of digits.</returns>
    public static byte[]? Bytes(string text)
    {
        if (text.Length % 2 != 0 || text.Any(c => Digit(c) < 0))
        {
            return null;
        }

        return Convert.FromHexString(text);
    }

    /// <returns>False if it is no number of 1 to 16 digits.</returns>
    public static bool TryNumber(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        return text.Length is > 0 and <= 16
            && ulong.TryParse(
                text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Two numbers with a comma between.</summary>
    public static bool TryPair(string text, out ulong first, out ulong second)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        second = 0;
        return TryNumber(comma < 0 ? text : text.AsSpan(0, comma), out first)
            && comma >= 0 && TryNumber(text.AsSpan(comma + 1), out second);
    }
}
