using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A size in bytes, written as "32KiB".</summary>
internal readonly record struct ByteSize(ulong Bytes)
{
    public static bool TryParse(string text, out ByteSize value, out string? why)
    {
        bool ok = Quantity.TryParseSize(text, out ulong bytes, out why);
        value = new ByteSize(bytes);
        return ok;
    }

    public override string ToString() => Quantity.FormatSize(Bytes);
}
