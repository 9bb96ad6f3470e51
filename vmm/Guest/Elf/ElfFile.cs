using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What the loader needs to know of an ELF file. Every number in it has been checked:
/// segments lie in the file, are in order, neither overlap nor overflow, and the whole image fits
/// <see cref="ImageBytesMax"/>.</summary>
internal sealed record ElfFile
{
    public const int ProgramHeaderBytes = 56;

    /// <summary>As Linux limits the program header table.</summary>
    public const int ProgramHeadersMax = 65_536 / ProgramHeaderBytes;

    public const int InterpreterLengthMax = 4096;

    /// <summary>No image can be larger than the room that <see cref="GuestLayout"/> has.</summary>
    public const ulong ImageBytesMax = GuestLayout.EngineStart - GuestLayout.LowestAddress;

    private const uint TypeLoad = 1;
    private const uint TypeInterpreter = 3;
    private const uint TypeProgramHeaders = 6;

    public required ElfHeader Header { get; init; }

    public required IReadOnlyList<ElfSegment> Segments { get; init; }

    /// <summary>Where PT_INTERP's path lies in the file, NUL included; length 0 if there is none.
    /// </summary>
    public required (ulong Offset, int Length) InterpreterRange { get; init; }

    /// <summary>Address of the program headers in memory for AT_PHDR; 0 if they are not loaded.
    /// </summary>
    public required ulong ProgramHeadersAddress { get; init; }

    /// <summary>First and end page of the image, before relocation.</summary>
    public ulong ImageStart => GuestPage.Floor(Segments[0].Address);

    public ulong ImageEnd => GuestPage.Ceiling(Segments[^1].End);

    /// <summary>Parses a whole file in memory.</summary>
    /// <exception cref="ElfException">The bytes are not a program that could be loaded.
    /// </exception>
    public static ElfFile Parse(ReadOnlySpan<byte> file)
    {
        ElfHeader header = ElfHeader.Parse(file);
        (ulong offset, int length) = ProgramHeaderRange(header, (ulong)file.Length);
        return Parse(header, file.Slice((int)offset, length), (ulong)file.Length);
    }

    /// <summary>Where the program header table lies, for who reads a file by parts.</summary>
    public static (ulong Offset, int Length) ProgramHeaderRange(ElfHeader header, ulong fileBytes)
    {
        int count = header.ProgramHeaderCount;
        if (count is 0 or > ProgramHeadersMax)
        {
            throw new ElfException($"{count} program headers; 1 to {ProgramHeadersMax} are valid");
        }

        int length = count * ProgramHeaderBytes;
        RequireInFile(
            header.ProgramHeadersOffset, (ulong)length, fileBytes, "program header table");
        return (header.ProgramHeadersOffset, length);
    }

    public static ElfFile Parse(
        ElfHeader header, ReadOnlySpan<byte> programHeaders, ulong fileBytes)
    {
        var segments = new List<ElfSegment>();
        (ulong Offset, int Length) interpreter = default;
        ulong tableAddress = 0;
        for (int i = 0; i < header.ProgramHeaderCount; i++)
        {
            ReadOnlySpan<byte> entry = programHeaders.Slice(
                i * ProgramHeaderBytes, ProgramHeaderBytes);
            switch (BinaryPrimitives.ReadUInt32LittleEndian(entry))
            {
                case TypeLoad when U64(entry, 40) > 0:
                    segments.Add(ParseSegment(entry, fileBytes, segments));
                    break;
                case TypeInterpreter:
                    interpreter = ParseInterpreterRange(entry, fileBytes);
                    break;
                case TypeProgramHeaders:
                    tableAddress = U64(entry, 16);
                    break;
                default:
                    // PT_TLS is the C library's business, PT_GNU_STACK asks for what we never
                    // grant (an executable stack), the rest are notes.
                    break;
            }
        }

        return Check(new ElfFile
        {
            Header = header,
            Segments = segments,
            InterpreterRange = interpreter,
            ProgramHeadersAddress = FindTable(header, segments, tableAddress),
        });
    }

    /// <summary>The path in PT_INTERP's bytes.</summary>
    public static string ParseInterpreter(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        if (end <= 0)
        {
            throw new ElfException("its interpreter path is empty or not terminated");
        }

        return Encoding.UTF8.GetString(bytes[..end]);
    }

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static ElfFile Check(ElfFile file)
    {
        if (file.Segments.Count == 0)
        {
            throw new ElfException("no loadable segment");
        }

        if (file.ImageEnd - file.ImageStart > ImageBytesMax)
        {
            throw new ElfException(
                $"its image spans 0x{file.ImageEnd - file.ImageStart:x} bytes; "
                + $"at most 0x{ImageBytesMax:x} fit");
        }

        foreach (ElfSegment segment in file.Segments)
        {
            if (file.Header.Entry >= segment.Address
                && file.Header.Entry < segment.End
                && (segment.Protection & GuestProtection.Execute) != 0)
            {
                return file;
            }
        }

        throw new ElfException(
            $"its entry point 0x{file.Header.Entry:x} lies in no executable segment");
    }

    private static ElfSegment ParseSegment(
        ReadOnlySpan<byte> entry, ulong fileBytes, List<ElfSegment> earlier)
    {
        ulong offset = U64(entry, 8);
        ulong address = U64(entry, 16);
        ulong fileSize = U64(entry, 32);
        ulong memorySize = U64(entry, 40);
        RequireInFile(offset, fileSize, fileBytes, "a segment");
        if (fileSize > memorySize)
        {
            throw new ElfException("a segment has more bytes in the file than in memory");
        }

        if (memorySize > ImageBytesMax || address > long.MaxValue)
        {
            throw new ElfException(
                $"a segment at 0x{address:x} of 0x{memorySize:x} bytes is too large or too high");
        }

        if ((offset & GuestPage.OffsetMask) != (address & GuestPage.OffsetMask))
        {
            throw new ElfException($"the segment at 0x{address:x} is misaligned in the file");
        }

        if (earlier.Count > 0 && address < earlier[^1].End)
        {
            throw new ElfException(
                $"the segment at 0x{address:x} overlaps the one before it or is out of order");
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        GuestProtection protection =
            ((flags & 4) != 0 ? GuestProtection.Read : 0)
            | ((flags & 2) != 0 ? GuestProtection.Write : 0)
            | ((flags & 1) != 0 ? GuestProtection.Execute : 0);
        return new ElfSegment(offset, fileSize, address, memorySize, protection);
    }

    private static (ulong Offset, int Length) ParseInterpreterRange(
        ReadOnlySpan<byte> entry, ulong fileBytes)
    {
        ulong offset = U64(entry, 8);
        ulong length = U64(entry, 32);
        if (length is 0 or > InterpreterLengthMax)
        {
            throw new ElfException($"its interpreter path has 0x{length:x} bytes");
        }

        RequireInFile(offset, length, fileBytes, "the interpreter path");
        return (offset, (int)length);
    }

    private static ulong FindTable(ElfHeader header, List<ElfSegment> segments, ulong stated)
    {
        if (stated != 0)
        {
            return stated;
        }

        foreach (ElfSegment segment in segments)
        {
            if (header.ProgramHeadersOffset >= segment.FileOffset
                && header.ProgramHeadersOffset - segment.FileOffset < segment.FileBytes)
            {
                return header.ProgramHeadersOffset - segment.FileOffset + segment.Address;
            }
        }

        return 0;
    }

    private static void RequireInFile(ulong offset, ulong length, ulong fileBytes, string what)
    {
        if (offset > fileBytes || length > fileBytes - offset)
        {
            throw new ElfException(
                $"truncated: {what} at 0x{offset:x} of 0x{length:x} bytes ends behind the file's "
                + $"0x{fileBytes:x}");
        }
    }
}
