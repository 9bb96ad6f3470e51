using System.Text;

namespace Dilaton.Guest;

/// <summary>Header of a unit's line program (DWARF 5, 6.2.4; versions 2 to 4 alike but for the tables of
/// files).</summary>
internal sealed class LineHeader
{
    private const uint WideMark = 0xffff_ffff;
    private const ulong ContentPath = 1;
    private const ulong ContentDirectory = 2;

    public required int End { get; init; }

    public required int Program { get; init; }

    public required int AddressBytes { get; init; }

    public required int MinLength { get; init; }

    public required int OperationsMax { get; init; }

    public required int LineBase { get; init; }

    public required int LineRange { get; init; }

    public required byte[] OperandCounts { get; init; }

    /// <summary>Number in the table of files of the first one: 1 up to version 4.</summary>
    public required int FirstFile { get; init; }

    public required IReadOnlyList<string> Files { get; init; }

    /// <param name="section"><c>.debug_line</c>.</param>
    /// <exception cref="DwarfException">Damaged, or of a version not known.</exception>
    public static LineHeader Parse(
        ReadOnlySpan<byte> section, int at, ReadOnlySpan<byte> lineStrings, ReadOnlySpan<byte> strings)
    {
        var cursor = new DwarfCursor(section, at);
        ulong length = cursor.Word();
        bool isWide = length == WideMark;
        length = isWide ? cursor.Quad() : length;
        if (length > (ulong)(section.Length - cursor.At))
        {
            throw new DwarfException($"its unit at 0x{at:x} ends behind it");
        }

        int end = cursor.At + (int)length;
        int version = cursor.Half();
        if (version is < 2 or > 5)
        {
            throw new DwarfException($"its unit at 0x{at:x} is of version {version}; 2 to 5 are known");
        }

        int addressBytes = version == 5 ? cursor.Byte() : sizeof(ulong);
        cursor.Skip(version == 5 ? 1u : 0);
        ulong headerBytes = cursor.Offset(isWide);
        if (headerBytes > (ulong)(end - cursor.At))
        {
            throw new DwarfException($"the header of its unit at 0x{at:x} is longer than the unit");
        }

        int program = cursor.At + (int)headerBytes;
        int minLength = cursor.Byte();
        int operationsMax = version >= 4 ? cursor.Byte() : 1;
        cursor.Byte();
        int lineBase = (sbyte)cursor.Byte();
        int lineRange = cursor.Byte();
        byte[] counts = cursor.Take(Math.Max(0, cursor.Byte() - 1)).ToArray();
        if (lineRange == 0 || operationsMax == 0 || addressBytes != sizeof(ulong))
        {
            throw new DwarfException($"the header of its unit at 0x{at:x} contradicts itself");
        }

        return new LineHeader
        {
            End = end,
            Program = program,
            AddressBytes = addressBytes,
            MinLength = minLength,
            OperationsMax = operationsMax,
            LineBase = lineBase,
            LineRange = lineRange,
            OperandCounts = counts,
            FirstFile = version == 5 ? 0 : 1,
            Files = version == 5
                ? FilesOf5(ref cursor, isWide, lineStrings, strings)
                : FilesOf4(ref cursor),
        };
    }

    private static List<string> FilesOf4(ref DwarfCursor cursor)
    {
        List<string> directories = [""];
        for (string name = cursor.Text(); name.Length > 0; name = cursor.Text())
        {
            directories.Add(name);
        }

        List<string> files = [];
        for (string name = cursor.Text(); name.Length > 0; name = cursor.Text())
        {
            files.Add(Join(directories, cursor.Unsigned(), name));
            cursor.Unsigned();
            cursor.Unsigned();
        }

        return files;
    }

    private static List<string> FilesOf5(
        ref DwarfCursor cursor, bool isWide, ReadOnlySpan<byte> lineStrings, ReadOnlySpan<byte> strings)
    {
        List<string> directories = [];
        ReadEntries(ref cursor, isWide, lineStrings, strings, (name, _) => directories.Add(name));
        List<string> files = [];
        ReadEntries(ref cursor, isWide, lineStrings, strings,
            (name, directory) => files.Add(Join(directories, directory, name)));
        return files;
    }

    private static void ReadEntries(
        ref DwarfCursor cursor,
        bool isWide,
        ReadOnlySpan<byte> lineStrings,
        ReadOnlySpan<byte> strings,
        Action<string, ulong> add)
    {
        var formats = new (ulong Content, ulong Form)[cursor.Byte()];
        for (int i = 0; i < formats.Length; i++)
        {
            formats[i] = (cursor.Unsigned(), cursor.Unsigned());
        }

        ulong count = cursor.Unsigned();
        if (count > 0 && formats.Length == 0)
        {
            throw new DwarfException("its files have no format");
        }

        for (ulong i = 0; i < count; i++)
        {
            string name = "";
            ulong directory = 0;
            foreach ((ulong content, ulong form) in formats)
            {
                ulong number = ReadForm(ref cursor, form, isWide, lineStrings, strings, out string? text);
                name = content == ContentPath ? text ?? "" : name;
                directory = content == ContentDirectory ? number : directory;
            }

            add(name, directory);
        }
    }

    /// <summary>Of the forms that 6.2.4.1 allows those that compilers use.</summary>
    private static ulong ReadForm(
        ref DwarfCursor cursor,
        ulong form,
        bool isWide,
        ReadOnlySpan<byte> lineStrings,
        ReadOnlySpan<byte> strings,
        out string? text)
    {
        text = null;
        switch (form)
        {
            case 0x08:
                text = cursor.Text();
                return 0;
            case 0x0e:
                text = TextAt(strings, cursor.Offset(isWide));
                return 0;
            case 0x1f:
                text = TextAt(lineStrings, cursor.Offset(isWide));
                return 0;
            case 0x0b:
                return cursor.Byte();
            case 0x05:
                return cursor.Half();
            case 0x06:
                return cursor.Word();
            case 0x07:
                return cursor.Quad();
            case 0x0f:
                return cursor.Unsigned();
            case 0x1e:
                cursor.Skip(16);
                return 0;
            case 0x09:
                cursor.Skip(cursor.Unsigned());
                return 0;
            default:
                throw new DwarfException($"its files are written in form 0x{form:x}, which is not known");
        }
    }

    private static string TextAt(ReadOnlySpan<byte> section, ulong at)
    {
        ReadOnlySpan<byte> rest = section[(int)Math.Min(at, (ulong)section.Length)..];
        int end = rest.IndexOf((byte)0);
        return end < 0
            ? throw new DwarfException($"a name at 0x{at:x} lies outside of its strings")
            : Encoding.UTF8.GetString(rest[..end]);
    }

    private static string Join(List<string> directories, ulong directory, string name)
    {
        string folder = directory < (ulong)directories.Count ? directories[(int)directory] : "";
        return folder.Length == 0 || name.StartsWith('/') ? name : $"{folder}/{name}";
    }
}
