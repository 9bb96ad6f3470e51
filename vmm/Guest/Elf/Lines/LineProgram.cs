namespace Dilaton.Guest;

/// <summary>Runs a unit's line program (DWARF 5, 6.2.5), which makes the rows of its table.</summary>
internal ref struct LineProgram
{
    private readonly LineHeader _header;
    private readonly List<LineRow> _rows;
    private readonly Func<ulong, int> _fileOf;
    private DwarfCursor _cursor;
    private ulong _address;
    private ulong _operation;
    private ulong _file;
    private long _line;

    /// <param name="fileOf">From a unit's number of a file to that of the table of all.</param>
    public LineProgram(
        ReadOnlySpan<byte> section, LineHeader header, List<LineRow> rows, Func<ulong, int> fileOf)
    {
        _header = header;
        _rows = rows;
        _fileOf = fileOf;
        _cursor = new DwarfCursor(section[..header.End], header.Program);
        Begin();
    }

    /// <exception cref="DwarfException">The program is cut.</exception>
    public void Run()
    {
        while (!_cursor.IsAtEnd)
        {
            int code = _cursor.Byte();
            if (code > _header.OperandCounts.Length)
            {
                int adjusted = code - _header.OperandCounts.Length - 1;
                Advance((ulong)(adjusted / _header.LineRange));
                _line += _header.LineBase + (adjusted % _header.LineRange);
                AddRow(isEnd: false);
            }
            else if (code == 0)
            {
                RunExtended();
            }
            else
            {
                RunStandard(code);
            }
        }
    }

    private void Begin()
    {
        _address = 0;
        _operation = 0;
        _file = 1;
        _line = 1;
    }

    private void RunStandard(int code)
    {
        switch (code)
        {
            case 1:
                AddRow(isEnd: false);
                break;
            case 2:
                Advance(_cursor.Unsigned());
                break;
            case 3:
                _line += _cursor.Signed();
                break;
            case 4:
                _file = _cursor.Unsigned();
                break;
            case 8:
                Advance((ulong)((255 - _header.OperandCounts.Length - 1) / _header.LineRange));
                break;
            case 9:
                _address += _cursor.Half();
                _operation = 0;
                break;
            default:
                // Columns, marks of statements and blocks, and what later versions add: operands only.
                for (int i = 0; i < _header.OperandCounts[code - 1]; i++)
                {
                    _cursor.Unsigned();
                }

                break;
        }
    }

    private void RunExtended()
    {
        ulong length = _cursor.Unsigned();
        int begin = _cursor.At;
        if (length == 0)
        {
            throw new DwarfException($"it has an instruction without a code at 0x{begin:x}");
        }

        switch (_cursor.Byte())
        {
            case 1:
                AddRow(isEnd: true);
                Begin();
                break;
            case 2:
                _address = _cursor.Quad();
                _operation = 0;
                break;
        }

        _cursor.JumpTo(begin);
        _cursor.Skip(length);
    }

    /// <summary>Moves on by operations, of which a VLIW instruction has several.</summary>
    private void Advance(ulong operations)
    {
        ulong sum = _operation + operations;
        _address += (ulong)_header.MinLength * (sum / (ulong)_header.OperationsMax);
        _operation = sum % (ulong)_header.OperationsMax;
    }

    private readonly void AddRow(bool isEnd) => _rows.Add(new LineRow(
        _address, _fileOf(_file), (int)Math.Clamp(_line, 0, int.MaxValue), isEnd));
}
