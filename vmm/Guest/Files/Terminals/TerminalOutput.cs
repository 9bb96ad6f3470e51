using static Dilaton.Guest.TerminalFlags;

namespace Dilaton.Guest;

/// <summary>Output processing of a terminal: new lines, tabs, and in which column the cursor is.
/// </summary>
internal sealed class TerminalOutput(TerminalSettings settings)
{
    /// <summary>A tab that becomes spaces.</summary>
    public const int BytesPerCharacterMax = 8;

    private const int TabWidth = 8;

    public int Column { get; set; }

    /// <summary>Where the line that is being typed began.</summary>
    public int LineColumn { get; set; }

    public static bool IsControl(byte c) => c is < 0x20 or 0x7f;

    /// <summary>Within a character of several bytes in UTF-8.</summary>
    public bool IsContinuation(byte c) => settings.HasInput(IUTF8) && (c & 0xc0) == 0x80;

    /// <summary>What is sent for a character.</summary>
    /// <returns>Bytes put to <paramref name="encoded"/>.</returns>
    public int Encode(byte c, Span<byte> encoded)
    {
        if (!settings.HasOutput(OPOST))
        {
            encoded[0] = c;
            return 1;
        }

        switch (c)
        {
            case (byte)'\n':
                return NewLine(encoded);
            case (byte)'\r':
                return Return(encoded);
            case (byte)'\t':
                int spaces = TabWidth - (Column & (TabWidth - 1));
                Column += spaces;
                if ((settings.Output & XTABS) == XTABS)
                {
                    encoded[..spaces].Fill((byte)' ');
                    return spaces;
                }

                break;
            case (byte)'\b':
                Column = Math.Max(0, Column - 1);
                break;
            default:
                if (!IsControl(c))
                {
                    c = settings.HasOutput(OLCUC) && c is >= (byte)'a' and <= (byte)'z'
                        ? (byte)(c - 0x20) : c;
                    Column += IsContinuation(c) ? 0 : 1;
                }

                break;
        }

        encoded[0] = c;
        return 1;
    }

    private int NewLine(Span<byte> encoded)
    {
        Column = settings.HasOutput(ONLRET) ? 0 : Column;
        if (settings.HasOutput(ONLCR))
        {
            (Column, LineColumn) = (0, 0);
            "\r\n"u8.CopyTo(encoded);
            return 2;
        }

        LineColumn = Column;
        encoded[0] = (byte)'\n';
        return 1;
    }

    private int Return(Span<byte> encoded)
    {
        if (settings.HasOutput(ONOCR) && Column == 0)
        {
            return 0;
        }

        bool becomesNewLine = settings.HasOutput(OCRNL);
        if (!becomesNewLine || settings.HasOutput(ONLRET))
        {
            (Column, LineColumn) = (0, 0);
        }

        encoded[0] = becomesNewLine ? (byte)'\n' : (byte)'\r';
        return 1;
    }
}
