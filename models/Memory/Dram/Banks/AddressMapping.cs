using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Models.Memory;

/// <summary>Which bits of a line's number say where it lies: fields from the most to the least
/// significant. Rows come first, so that they take what is left.</summary>
public sealed record AddressMapping
{
    private static readonly string[] s_fields = ["Ro", "Ra", "Bg", "Ba", "Co", "Ch"];

    private AddressMapping(string text, IReadOnlyList<string> fields) => (Text, Fields) = (text, fields);

    /// <summary>Consecutive lines go round the channels, then along a row; rows round the bank groups.</summary>
    public static AddressMapping Interleaved { get; } = Parse("RoRaBaBgCoCh");

    /// <summary>As jobs write it, such as RoRaBaBgCoCh.</summary>
    public string Text { get; }

    internal IReadOnlyList<string> Fields { get; }

    /// <param name="why">What is wrong with the text.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AddressMapping? mapping, out string why)
    {
        mapping = null;
        why = $"'{text}' is not each of Ro, Ra, Bg, Ba, Co and Ch once, such as "
            + "RoRaBaBgCoCh (row, rank, bank, bank group, column, channel; most significant first)";
        string[] fields = [.. text.Chunk(2).Select(pair => new string(pair))];
        if (!fields.Order().SequenceEqual(s_fields.Order()))
        {
            return false;
        }

        if (fields[0] != s_fields[0])
        {
            why = $"'{text}' does not begin with Ro: rows take the address bits that are left";
            return false;
        }

        (mapping, why) = (new AddressMapping(text, fields), "");
        return true;
    }

    /// <exception cref="FormatException">It is no mapping.</exception>
    public static AddressMapping Parse(string text) =>
        TryParse(text, out AddressMapping? mapping, out string why)
            ? mapping
            : throw new FormatException(why);

    public bool Equals(AddressMapping? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
