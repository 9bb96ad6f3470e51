using static Dilaton.Guest.TerminalFlags;

namespace Dilaton.Guest;

/// <summary>The line discipline of a terminal, N_TTY of Linux: what becomes of the characters that
/// are typed. Pure: all that it does is in its <see cref="InputLine"/> and told to its sink.
/// <code>
///   typed --> strip, flow control, signals, CR and NL --> edit the line --> InputLine --> reads
///                                                          \--> echo --> ILineSink
/// </code></summary>
internal sealed class LineDiscipline
{
    /// <summary>Echo that is kept while output is stopped; more is dropped, as Linux drops it.
    /// </summary>
    private const int HeldBytesMax = 4096;

    private readonly ILineSink _sink;
    private readonly TerminalOutput _output;
    private readonly LineEraser _eraser;
    private readonly List<byte> _held = [];
    private bool _isLiteral;

    /// <summary>Stopped by TCOOFF, which no character ends.</summary>
    private bool _isHeldByProgram;

    public LineDiscipline(TerminalSettings settings, ILineSink sink)
    {
        (Settings, _sink) = (settings, sink);
        _output = new TerminalOutput(settings);
        _eraser = new LineEraser(this, _output);
    }

    public TerminalSettings Settings { get; }

    public InputLine Line { get; } = new();

    /// <summary>Output waits (^S).</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Bytes that can be read now.</summary>
    public int ReadableBytes => Settings.IsCanonical ? Line.CountInLines() : Line.Count;

    /// <summary>A read gives something, or the end of the file.</summary>
    public bool IsReadable => Settings.IsCanonical ? Line.HasLine : Line.Count > 0;

    /// <summary>Takes over new settings.</summary>
    public void SetSettings(ReadOnlySpan<byte> termios)
    {
        (bool wasCanonical, bool hadFlow) = (Settings.IsCanonical, Settings.HasInput(IXON));
        Settings.Parse(termios);
        if (wasCanonical != Settings.IsCanonical)
        {
            Line.ChangeMode(Settings.IsCanonical);
            _eraser.Reset();
            _isLiteral = false;
        }

        if (hadFlow && !Settings.HasInput(IXON))
        {
            Start();
        }

        if (IsReadable)
        {
            _sink.InputReady();
        }
    }

    /// <summary>A character is typed.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool TryReceive(byte c)
    {
        // An unfinished line that fills the buffer keeps its last place for what ends it.
        int room = InputLine.BytesMax - 1 - Line.Count;
        if (room <= 0)
        {
            if (!Settings.IsCanonical || Line.HasLine)
            {
                return false;
            }

            Line.RemoveNewest(room < 0 ? 1 : 0);
        }

        Receive(c);
        if (!Settings.IsCanonical && Line.Count > 0)
        {
            _sink.InputReady();
        }

        return true;
    }

    /// <summary>Characters that a program writes.</summary>
    /// <returns>Bytes put to <paramref name="encoded"/>.</returns>
    public int Encode(byte c, Span<byte> encoded) => _output.Encode(c, encoded);

    public void FlushInput()
    {
        Line.Clear();
        _eraser.Reset();
        _isLiteral = false;
        _sink.InputFlushed();
    }

    /// <summary>TCOOFF and TCOON.</summary>
    public void HoldOutput(bool isHeld)
    {
        if (isHeld && !_isHeldByProgram)
        {
            _isHeldByProgram = true;
            StopOutput();
        }
        else if (!isHeld && _isHeldByProgram)
        {
            _isHeldByProgram = false;
            Start();
        }
    }

    /// <summary>Echoes a character, control characters as ^X where that is asked for.</summary>
    public void Echo(byte c)
    {
        if (Settings.HasLocal(ECHOCTL) && TerminalOutput.IsControl(c) && c != '\t')
        {
            _output.Column += 2;
            Send([(byte)'^', (byte)(c ^ 0x40)]);
            return;
        }

        EchoPlain(c);
    }

    public void EchoPlain(byte c)
    {
        Span<byte> encoded = stackalloc byte[TerminalOutput.BytesPerCharacterMax];
        Send(encoded[.._output.Encode(c, encoded)]);
    }

    private void Receive(byte c)
    {
        c = Settings.HasInput(ISTRIP) ? (byte)(c & 0x7f) : c;
        if (Settings.HasInput(IUCLC) && Settings.HasLocal(IEXTEN) && c is >= (byte)'A' and <= (byte)'Z')
        {
            c += 0x20;
        }

        if (_isLiteral)
        {
            _isLiteral = false;
            Keep(c, isConverted: false);
            return;
        }

        if ((Settings.HasInput(IXON) && TryFlow(c)) || (Settings.HasLocal(ISIG) && TrySignal(c)))
        {
            return;
        }

        if (IsStopped && Settings.HasInput(IXON) && Settings.HasInput(IXANY))
        {
            Start();
        }

        if (c == '\r' && Settings.HasInput(IGNCR))
        {
            return;
        }

        bool isConverted = c == '\r' && Settings.HasInput(ICRNL);
        c = isConverted ? (byte)'\n'
            : c == '\n' && Settings.HasInput(INLCR) ? (byte)'\r' : c;
        if (!Settings.IsCanonical || !TryEdit(c))
        {
            Keep(c, isConverted);
        }
    }

    /// <summary>An ordinary character.</summary>
    /// <param name="isConverted">A return that became a new line, and is echoed as one.</param>
    private void Keep(byte c, bool isConverted)
    {
        if (Settings.Echoes)
        {
            _eraser.Finish();
            if (isConverted)
            {
                EchoPlain(c);
            }
            else
            {
                BeginLine();
                Echo(c);
            }
        }

        Line.Put(c);
    }

    private bool TryFlow(byte c)
    {
        if (Settings.Is(c, VSTART))
        {
            Start();
            return true;
        }

        if (Settings.Is(c, VSTOP))
        {
            StopOutput();
            return true;
        }

        return false;
    }

    private bool TrySignal(byte c)
    {
        int signal = Settings.Is(c, VINTR) ? Signal.SIGINT
            : Settings.Is(c, VQUIT) ? Signal.SIGQUIT
            : Settings.Is(c, VSUSP) ? Signal.SIGTSTP
            : 0;
        if (signal == 0)
        {
            return false;
        }

        _sink.Raise(signal);
        if (!Settings.HasLocal(NOFLSH))
        {
            _held.Clear();
            FlushInput();
        }

        if (Settings.HasInput(IXON))
        {
            Start();
        }

        if (Settings.Echoes)
        {
            Echo(c);
        }

        return true;
    }

    /// <returns>False if the character does nothing special.</returns>
    private bool TryEdit(byte c)
    {
        bool isExtended = Settings.HasLocal(IEXTEN);
        if (Settings.Is(c, VERASE) || Settings.Is(c, VKILL)
            || (isExtended && Settings.Is(c, VWERASE)))
        {
            _eraser.Erase(
                Settings.Is(c, VERASE) ? LineEraser.Kind.Character
                : Settings.Is(c, VKILL) ? LineEraser.Kind.Line : LineEraser.Kind.Word);
            return true;
        }

        if (isExtended && Settings.Is(c, VLNEXT))
        {
            BeginLiteral();
            return true;
        }

        if (isExtended && Settings.Echoes && Settings.Is(c, VREPRINT))
        {
            Reprint(c);
            return true;
        }

        return TryEndLine(c, isExtended);
    }

    private void BeginLiteral()
    {
        _isLiteral = true;
        if (Settings.Echoes)
        {
            _eraser.Finish();
            if (Settings.HasLocal(ECHOCTL))
            {
                EchoPlain((byte)'^');
                EchoPlain((byte)'\b');
            }
        }
    }

    private void Reprint(byte c)
    {
        _eraser.Finish();
        Echo(c);
        EchoPlain((byte)'\n');
        for (int i = Line.UnfinishedCount - 1; i >= 0; i--)
        {
            Echo(Line.FromEnd(i));
        }
    }

    private bool TryEndLine(byte c, bool isExtended)
    {
        bool isEndOfFile = false;
        if (c == '\n')
        {
            if (Settings.Echoes || Settings.HasLocal(ECHONL))
            {
                EchoPlain(c);
            }
        }
        else if (Settings.Is(c, VEOF))
        {
            isEndOfFile = true;
        }
        else if (Settings.Is(c, VEOL) || (isExtended && Settings.Is(c, VEOL2)))
        {
            if (Settings.Echoes)
            {
                BeginLine();
                Echo(c);
            }
        }
        else
        {
            return false;
        }

        Line.PutEnd(c, isEndOfFile);
        _sink.InputReady();
        return true;
    }

    private void BeginLine()
    {
        if (Line.UnfinishedCount == 0)
        {
            _output.LineColumn = _output.Column;
        }
    }

    private void StopOutput()
    {
        if (!IsStopped)
        {
            IsStopped = true;
            _sink.FlowChanged(isStopped: true);
        }
    }

    private void Start()
    {
        if (IsStopped && !_isHeldByProgram)
        {
            IsStopped = false;
            _sink.FlowChanged(isStopped: false);
            if (_held.Count > 0)
            {
                _sink.Echo(_held.ToArray());
                _held.Clear();
            }
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsStopped)
        {
            _sink.Echo(bytes);
        }
        else if (_held.Count + bytes.Length <= HeldBytesMax)
        {
            _held.AddRange(bytes);
        }
    }
}
