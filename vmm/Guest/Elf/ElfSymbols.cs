using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dilaton.Guest;

/// <summary>The functions of an ELF file, from its symbol table, else its dynamic one.</summary>
internal sealed class ElfSymbols
{
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;
    private const int SectionsMax = 4096;
    private const ulong TableBytesMax = 256UL << 20;
    private const uint TypeSymbols = 2;
    private const uint TypeDynamicSymbols = 11;
    private const int TypeFunction = 2;
    private const int TypeIndirectFunction = 10;

    private readonly ElfFile _elf;
    private readonly byte[] _names;
    private readonly (ulong Address, ulong Size, uint Name)[] _functions;

    private ElfSymbols(
        ElfFile elf, byte[] names, (ulong Address, ulong Size, uint Name)[] functions)
    {
        _elf = elf;
        _names = names;
        _functions = functions;
    }

    /// <summary>How many functions there are.</summary>
    public int Count => _functions.Length;

    /// <returns>Null if the file is not ELF, or is damaged.</returns>
    public static ElfSymbols? TryRead(IMappableFile file) => TryRead(file, file);

    /// <param name="segments">The file that is loaded, if its symbols are in another: that one's segments
    /// need not have bytes.</param>
    public static ElfSymbols? TryRead(IMappableFile file, IMappableFile segments)
    {
        try
        {
            ElfFile elf = ElfReader.Read(segments);
            ElfHeader header = file == segments
                ? elf.Header
                : ElfHeader.Parse(ElfReader.ReadExactly(file, 0, ElfHeader.SizeBytes));
            (byte[] symbols, byte[] names) = ReadTables(file, header);
            return new ElfSymbols(elf, names, ParseFunctions(symbols));
        }
        catch (Exception e) when (e is GuestLoadException or ElfException or IOException)
        {
            return null;
        }
    }

    /// <summary>The address as the file's own tables know it.</summary>
    public bool TryGetAddress(ulong fileOffset, out ulong address)
    {
        foreach (ElfSegment segment in _elf.Segments)
        {
            if (fileOffset >= segment.FileOffset
                && fileOffset - segment.FileOffset < segment.FileBytes)
            {
                address = fileOffset - segment.FileOffset + segment.Address;
                return true;
            }
        }

        address = 0;
        return false;
    }

    /// <summary>Of the named functions those that the file has, and where in it.</summary>
    public List<(string Name, ulong FileOffset)> FindAll(IReadOnlyCollection<string> names)
    {
        List<(string, ulong)> found = [];
        foreach ((ulong address, ulong _, uint nameOffset) in _functions)
        {
            string name = NameAt(nameOffset);
            if (!names.Contains(name))
            {
                continue;
            }

            foreach (ElfSegment segment in _elf.Segments)
            {
                if (address >= segment.Address && address - segment.Address < segment.FileBytes)
                {
                    found.Add((name, address - segment.Address + segment.FileOffset));
                }
            }
        }

        return found;
    }

    /// <summary>The function that holds the address.</summary>
    public bool TryFind(
        ulong address, [NotNullWhen(true)] out string? name, out ulong distance)
    {
        name = null;
        distance = 0;
        int low = 0;
        int high = _functions.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_functions[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return false;
        }

        (ulong start, ulong size, uint nameOffset) = _functions[low - 1];
        distance = address - start;
        if (size != 0 && distance >= size)
        {
            return false;
        }

        name = NameAt(nameOffset);
        return name.Length > 0;
    }

    private string NameAt(uint offset)
    {
        ReadOnlySpan<byte> rest = _names.AsSpan()[(int)Math.Min(offset, _names.Length)..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static (byte[] Symbols, byte[] Names) ReadTables(IMappableFile file, ElfHeader header)
    {
        int count = header.SectionHeaderCount;
        if (count is 0 or > SectionsMax || header.SectionHeadersOffset > (ulong)file.LengthBytes)
        {
            return ([], []);
        }

        byte[] sections = ElfReader.ReadExactly(
            file, header.SectionHeadersOffset, count * SectionHeaderBytes);
        foreach (uint wanted in (ReadOnlySpan<uint>)[TypeSymbols, TypeDynamicSymbols])
        {
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> section = Section(sections, i);
                uint link = BinaryPrimitives.ReadUInt32LittleEndian(section[40..]);
                if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == wanted
                    && link < (uint)count)
                {
                    return (ReadSection(file, section),
                        ReadSection(file, Section(sections, (int)link)));
                }
            }
        }

        return ([], []);
    }

    private static ReadOnlySpan<byte> Section(byte[] sections, int index) =>
        sections.AsSpan(index * SectionHeaderBytes, SectionHeaderBytes);

    private static byte[] ReadSection(IMappableFile file, ReadOnlySpan<byte> section)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(section[24..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(section[32..]);
        ulong fileBytes = (ulong)file.LengthBytes;
        return offset > fileBytes || size > fileBytes - offset || size > TableBytesMax
            ? throw new ElfException("a symbol table ends behind the file")
            : ElfReader.ReadExactly(file, offset, (int)size);
    }

    private static (ulong Address, ulong Size, uint Name)[] ParseFunctions(byte[] symbols)
    {
        var functions = new List<(ulong Address, ulong Size, uint Name)>();
        for (int at = 0; at + SymbolBytes <= symbols.Length; at += SymbolBytes)
        {
            ReadOnlySpan<byte> symbol = symbols.AsSpan(at, SymbolBytes);
            bool isDefined = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]) != 0;
            if (isDefined && (symbol[4] & 15) is TypeFunction or TypeIndirectFunction)
            {
                functions.Add((
                    BinaryPrimitives.ReadUInt64LittleEndian(symbol[8..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(symbol[16..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(symbol)));
            }
        }

        functions.Sort();
        return [.. functions];
    }
}
