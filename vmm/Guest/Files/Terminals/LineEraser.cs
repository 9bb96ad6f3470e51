using static Dilaton.Guest.TerminalFlags;

namespace Dilaton.Guest;

/// <summary>Erasing of the line that is being typed, and how a screen or a paper shows it.</summary>
internal sealed class LineEraser(LineDiscipline discipline, TerminalOutput output)
{
    private const int TabWidth = 8;

    /// <summary>Between the \ and the / in which a printing terminal shows what is erased.</summary>
    private bool _isPrinting;

    internal enum Kind
    {
        Character,
        Word,
        Line,
    }

    private InputLine Line => discipline.Line;

    private TerminalSettings Settings => discipline.Settings;

    public void Reset() => _isPrinting = false;

    /// <summary>Nothing more is erased.</summary>
    public void Finish()
    {
        if (_isPrinting)
        {
            discipline.EchoPlain((byte)'/');
            _isPrinting = false;
        }
    }

    public void Erase(Kind kind)
    {
        if (Line.UnfinishedCount == 0)
        {
            return;
        }

        bool isVisible = Settings.HasLocal(ECHOK) && Settings.HasLocal(ECHOKE)
            && Settings.HasLocal(ECHOE);
        if (kind == Kind.Line && !(Settings.Echoes && isVisible))
        {
            Drop();
            return;
        }

        bool wasWord = false;
        while (Line.UnfinishedCount > 0 && EraseOne(kind, ref wasWord) && kind != Kind.Character)
        {
        }

        if (Line.UnfinishedCount == 0 && Settings.Echoes)
        {
            Finish();
        }
    }

    /// <summary>The line is gone without its characters being taken from the screen.</summary>
    private void Drop()
    {
        Line.RemoveNewest(Line.UnfinishedCount);
        if (!Settings.Echoes)
        {
            return;
        }

        Finish();
        discipline.Echo(Settings.ControlCharacter(VKILL));
        if (Settings.HasLocal(ECHOK))
        {
            discipline.EchoPlain((byte)'\n');
        }
    }

    /// <summary>Erases a character of one or more bytes.</summary>
    /// <returns>False if it is before the word, or only a part of one is there.</returns>
    private bool EraseOne(Kind kind, ref bool wasWord)
    {
        int size = 1;
        while (output.IsContinuation(Line.FromEnd(size - 1)) && size < Line.UnfinishedCount)
        {
            size++;
        }

        byte c = Line.FromEnd(size - 1);
        if (output.IsContinuation(c))
        {
            return false;
        }

        if (kind == Kind.Word)
        {
            bool isWord = IsWord(c);
            if (wasWord && !isWord)
            {
                return false;
            }

            wasWord |= isWord;
        }

        Span<byte> erased = stackalloc byte[size];
        for (int i = 0; i < size; i++)
        {
            erased[i] = Line.FromEnd(size - 1 - i);
        }

        Line.RemoveNewest(size);
        if (Settings.Echoes)
        {
            Show(kind, c, erased);
        }

        return true;
    }

    private void Show(Kind kind, byte c, ReadOnlySpan<byte> erased)
    {
        if (Settings.HasLocal(ECHOPRT))
        {
            if (!_isPrinting)
            {
                discipline.EchoPlain((byte)'\\');
                _isPrinting = true;
            }

            discipline.Echo(c);
            foreach (byte rest in erased[1..])
            {
                discipline.EchoPlain(rest);
            }
        }
        else if (kind == Kind.Character && !Settings.HasLocal(ECHOE))
        {
            discipline.Echo(Settings.ControlCharacter(VERASE));
        }
        else if (c == '\t')
        {
            ShowTab();
        }
        else
        {
            bool isControl = TerminalOutput.IsControl(c);
            int width = !isControl ? 1 : Settings.HasLocal(ECHOCTL) ? 2 : 0;
            for (int i = 0; i < width; i++)
            {
                discipline.EchoPlain((byte)'\b');
                discipline.EchoPlain((byte)' ');
                discipline.EchoPlain((byte)'\b');
            }
        }
    }

    /// <summary>Goes back as far as the tab went: that depends on what stands before it.</summary>
    private void ShowTab()
    {
        int columns = 0;
        bool isAfterTab = false;
        for (int i = 0; i < Line.UnfinishedCount && !isAfterTab; i++)
        {
            byte c = Line.FromEnd(i);
            isAfterTab = c == '\t';
            columns += isAfterTab || output.IsContinuation(c) ? 0
                : !TerminalOutput.IsControl(c) ? 1
                : Settings.HasLocal(ECHOCTL) ? 2 : 0;
        }

        columns += isAfterTab ? 0 : output.LineColumn;
        for (int i = TabWidth - (columns & (TabWidth - 1)); i > 0; i--)
        {
            discipline.EchoPlain((byte)'\b');
        }
    }

    private static bool IsWord(byte c) => c is (byte)'_' or >= (byte)'0' and <= (byte)'9'
        or >= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z'
        or (>= 0xc0 and not 0xd7 and not 0xf7);
}
