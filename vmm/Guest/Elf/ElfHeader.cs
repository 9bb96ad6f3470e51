using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The file header of an x86-64 ELF program or shared object (System V ABI, "ELF
/// Header").</summary>
internal sealed record ElfHeader
{
    public const int SizeBytes = 64;

    private const int TypeExecutable = 2;
    private const int TypeShared = 3;
    private const int MachineX86Of64Bits = 62;

    public required bool IsPositionIndependent { get; init; }

    public required ulong Entry { get; init; }

    public required ulong ProgramHeadersOffset { get; init; }

    public required int ProgramHeaderCount { get; init; }

    public required ulong SectionHeadersOffset { get; init; }

    public required int SectionHeaderCount { get; init; }

    /// <summary>Which section has the names of all.</summary>
    public required int SectionNamesIndex { get; init; }

    /// <exception cref="ElfException">Not such a file.</exception>
    public static ElfHeader Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || !bytes[..4].SequenceEqual("\u007fELF"u8))
        {
            throw new ElfException(
                bytes.Length >= 2 && bytes[..2].SequenceEqual("#!"u8)
                    ? "a script, not an ELF program: run its interpreter instead"
                    : "not an ELF file");
        }

        if (bytes.Length < SizeBytes)
        {
            throw new ElfException("the ELF header is truncated");
        }

        CheckIdentity(bytes);
        int type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        if (type is not (TypeExecutable or TypeShared))
        {
            throw new ElfException($"ELF type {type} is neither a program nor a shared object");
        }

        return new ElfHeader
        {
            IsPositionIndependent = type == TypeShared,
            Entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            ProgramHeadersOffset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            SectionHeadersOffset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            ProgramHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]),
            SectionHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[60..]),
            SectionNamesIndex = BinaryPrimitives.ReadUInt16LittleEndian(bytes[62..]),
        };
    }

    private static void CheckIdentity(ReadOnlySpan<byte> bytes)
    {
        if (bytes[4] != 2)
        {
            throw new ElfException(
                bytes[4] == 1 ? "a 32-bit ELF file; only 64-bit programs run"
                    : $"unknown ELF class {bytes[4]}");
        }

        if (bytes[5] != 1)
        {
            throw new ElfException("a big-endian ELF file; only little-endian ones run");
        }

        if (bytes[6] != 1 || BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) != 1)
        {
            throw new ElfException("unknown ELF version");
        }

        int machine = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        if (machine != MachineX86Of64Bits)
        {
            throw new ElfException($"built for ELF machine {machine}, not x86-64 (62)");
        }

        int size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]);
        if (count > 0 && size != ElfFile.ProgramHeaderBytes)
        {
            throw new ElfException($"program headers of {size} bytes instead of 56");
        }
    }
}
