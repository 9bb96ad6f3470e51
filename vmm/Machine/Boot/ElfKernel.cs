using System.Buffers.Binary;

namespace Dilaton.Machine;

/// <summary>A vmlinux or bare-metal image: an ELF file (System V gABI, "Object Files") whose segments
/// are laid at their physical addresses.</summary>
internal static class ElfKernel
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const ushort Executable = 2;
    private const ushort X64 = 62;
    private const uint Load = 1;

    private static readonly byte[] s_magic = [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    public static bool IsElf(ReadOnlySpan<byte> file) => file.StartsWith(s_magic);

    public static KernelImage Read(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < HeaderBytes || bytes[4] != Class64 || bytes[5] != LittleEndian
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]) != X64)
        {
            throw new ImageException("it is no ELF file for x86-64");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]) != Executable)
        {
            throw new ImageException(
                "it is an ELF file without fixed addresses (a position-independent program or a library): "
                + "a kernel is linked statically, at physical addresses from 1 MiB on");
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]) != ProgramHeaderBytes
            || !Fits(bytes, table, (ulong)count * ProgramHeaderBytes))
        {
            throw new ImageException("its program headers lie outside the file: it is cut off or damaged");
        }

        List<KernelSegment> segments = [];
        for (int i = 0; i < count; i++)
        {
            AddSegment(segments, file, bytes.Slice((int)table + (i * ProgramHeaderBytes), ProgramHeaderBytes));
        }

        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        bool isInside = segments.Exists(s => entry >= s.Physical && entry - s.Physical < s.MemoryBytes);
        return isInside
            ? new KernelImage(entry, segments, default)
            : throw new ImageException(
                $"its entry 0x{entry:x} lies in none of its segments: physical and virtual addresses of a "
                + "bare-metal image must be the same where it is entered");
    }

    private static void AddSegment(
        List<KernelSegment> segments, ReadOnlyMemory<byte> file, ReadOnlySpan<byte> header)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        ulong physical = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        ulong fileBytes = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        ulong memoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Load || memoryBytes == 0)
        {
            return;
        }

        if (!Fits(file.Span, offset, fileBytes) || fileBytes > memoryBytes
            || physical > ulong.MaxValue - memoryBytes)
        {
            throw new ImageException("a segment lies outside the file: it is cut off or damaged");
        }

        segments.Add(new KernelSegment(physical, file.Slice((int)offset, (int)fileBytes), memoryBytes));
    }

    private static bool Fits(ReadOnlySpan<byte> bytes, ulong offset, ulong length) =>
        offset <= (ulong)bytes.Length && length <= (ulong)bytes.Length - offset;
}
