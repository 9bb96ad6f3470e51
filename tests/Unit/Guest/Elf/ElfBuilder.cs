using System.Buffers.Binary;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>Makes small ELF files, byte by byte.</summary>
internal sealed class ElfBuilder
{
    public const uint Load = 1;
    public const uint Interpreter = 3;
    public const uint Stack = 0x6474_e551;

    private readonly List<byte[]> _headers = [];

    public ushort Type { get; init; } = 2;

    public ushort Machine { get; init; } = 62;

    public ulong Entry { get; init; } = 0x40_0100;

    public int FileBytes { get; init; } = 0x2000;

    /// <summary>A static program of one code and one data segment with bss.</summary>
    public static ElfBuilder Program() => new ElfBuilder()
        .Add(Load, 5, 0, 0x40_0000, 0x1000, 0x1000)
        .Add(Load, 6, 0x1000, 0x40_1000, 0x800, 0x3000)
        .Add(Stack, 6, 0, 0, 0, 0);

    public ElfBuilder Add(
        uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize)
    {
        byte[] header = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), flags);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), address);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), address);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), memorySize);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(48), 0x1000);
        _headers.Add(header);
        return this;
    }

    public byte[] Build()
    {
        byte[] file = new byte[FileBytes];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), Type);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), Machine);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)_headers.Count);
        for (int i = 0; i < _headers.Count; i++)
        {
            _headers[i].CopyTo(file, 64 + (i * 56));
        }

        return file;
    }
}
