namespace Dilaton.Guest;

/// <summary>From an address of an ELF file to the line that its code was made of, from DWARF's
/// <c>.debug_line</c>, versions 2 to 5.</summary>
internal sealed class LineTable
{
    private readonly List<string> _files;
    private readonly LineRow[] _rows;

    private LineTable(List<string> files, LineRow[] rows)
    {
        _files = files;
        _rows = rows;
    }

    /// <summary>Whether there is any line at all.</summary>
    public bool IsEmpty => _rows.Length == 0;

    /// <exception cref="ElfException">The file is damaged.</exception>
    /// <exception cref="DwarfException">Its line table is.</exception>
    public static LineTable Read(IMappableFile file)
    {
        ElfSections sections = ElfSections.Read(file);
        return sections.Find(".debug_line") is { } lines
            ? Parse(lines, sections.Find(".debug_line_str") ?? [], sections.Find(".debug_str") ?? [])
            : new LineTable([], []);
    }

    public static LineTable Parse(
        ReadOnlySpan<byte> section, ReadOnlySpan<byte> lineStrings, ReadOnlySpan<byte> strings)
    {
        List<string> files = [];
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        List<LineRow> rows = [];
        for (int at = 0; at < section.Length;)
        {
            LineHeader header = LineHeader.Parse(section, at, lineStrings, strings);
            int first = rows.Count;
            new LineProgram(section, header, rows, FileOf).Run();
            DropUnlinked(rows, first);
            at = header.End;

            int FileOf(ulong number)
            {
                ulong index = number - (ulong)header.FirstFile;
                if (index >= (ulong)header.Files.Count)
                {
                    return -1;
                }

                string name = header.Files[(int)index];
                if (!numbers.TryGetValue(name, out int known))
                {
                    known = files.Count;
                    files.Add(name);
                    numbers.Add(name, known);
                }

                return known;
            }
        }

        // Sequences lie in any order; within one, rows of one address keep theirs, and the last holds.
        return new LineTable(files, [.. rows.OrderBy(row => row.Address).ThenByDescending(row => row.IsEnd)]);
    }

    /// <returns>False if the address is of no line.</returns>
    public bool TryFind(ulong address, out CodeLine line)
    {
        int low = 0;
        int high = _rows.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_rows[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        line = default;
        if (low == 0 || _rows[low - 1] is not { IsEnd: false, File: >= 0, Line: > 0 } row)
        {
            return false;
        }

        line = new CodeLine(_files[row.File], row.Line);
        return true;
    }

    /// <summary>Linkers leave the sequences of code that they dropped in place, at address 0. Rows where their
    /// sequence ends are of no code.</summary>
    private static void DropUnlinked(List<LineRow> rows, int first)
    {
        int kept = first;
        for (int begin = first; begin < rows.Count;)
        {
            int end = begin;
            while (end < rows.Count - 1 && !rows[end].IsEnd)
            {
                end++;
            }

            ulong start = rows[begin].Address;
            ulong limit = rows[end].Address;
            for (int i = begin; i <= end && start != 0; i++)
            {
                LineRow row = rows[i];
                if (row.IsEnd || row.Address < limit)
                {
                    rows[kept++] = row;
                }
            }

            begin = end + 1;
        }

        rows.RemoveRange(kept, rows.Count - kept);
    }
}
