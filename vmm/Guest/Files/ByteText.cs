using System.Text;

namespace Dilaton.Guest;

/// <summary>Linux names are bytes, not text. Inside the file system a name is a string with one
/// char a byte (Latin-1), so that no name is lost and ordinal order is byte order; these convert
/// to and from the UTF-8 text that the rest of the program uses.</summary>
internal static class ByteText
{
    public static string FromText(string text) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static string ToText(string byteText) =>
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(byteText));

    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] ToBytes(string byteText) => Encoding.Latin1.GetBytes(byteText);
}
