using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Dilaton.Guest;

/// <summary>Sections of an ELF file by name (System V ABI, "Sections").</summary>
internal sealed class ElfSections
{
    private const int HeaderBytes = 64;
    private const int CountMax = 4096;
    private const ulong SectionBytesMax = 256UL << 20;
    private const uint NoBits = 8;
    private const uint Compressed = 1 << 11;
    private const int CompressionHeaderBytes = 24;
    private const uint CompressedByZlib = 1;

    private readonly IMappableFile _file;
    private readonly Dictionary<string, byte[]> _headers = new(StringComparer.Ordinal);

    private ElfSections(IMappableFile file) => _file = file;

    /// <exception cref="ElfException">Not an ELF file, or damaged.</exception>
    public static ElfSections Read(IMappableFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var sections = new ElfSections(file);
        ElfHeader header = ElfHeader.Parse(ElfReader.ReadExactly(file, 0, ElfHeader.SizeBytes));
        int count = header.SectionHeaderCount;
        if (count is 0 or > CountMax)
        {
            return sections;
        }

        byte[] table = ElfReader.ReadExactly(file, header.SectionHeadersOffset, count * HeaderBytes);
        int namesAt = header.SectionNamesIndex * HeaderBytes;
        if (namesAt >= table.Length)
        {
            throw new ElfException("its section names lie in no section");
        }

        byte[] names = sections.Bytes(table.AsSpan(namesAt, HeaderBytes));
        for (int i = 0; i < count; i++)
        {
            byte[] entry = table.AsSpan(i * HeaderBytes, HeaderBytes).ToArray();
            sections._headers.TryAdd(NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(entry)), entry);
        }

        return sections;
    }

    /// <returns>Null if there is none of that name.</returns>
    /// <exception cref="ElfException">It lies outside the file, or is packed in a way not known.</exception>
    public byte[]? Find(string name) => _headers.TryGetValue(name, out byte[]? header) ? Bytes(header) : null;

    private byte[] Bytes(ReadOnlySpan<byte> header)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        ulong fileBytes = (ulong)_file.LengthBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == NoBits)
        {
            return [];
        }

        if (offset > fileBytes || size > fileBytes - offset || size > SectionBytesMax)
        {
            throw new ElfException($"truncated: a section at 0x{offset:x} of 0x{size:x} bytes ends behind the file");
        }

        byte[] bytes = ElfReader.ReadExactly(_file, offset, (int)size);
        bool isCompressed = (BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) & Compressed) != 0;
        return isCompressed ? Unpack(bytes) : bytes;
    }

    private static byte[] Unpack(byte[] bytes)
    {
        if (bytes.Length < CompressionHeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != CompressedByZlib)
        {
            throw new ElfException("a section is compressed by something other than zlib");
        }

        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
        if (size > SectionBytesMax)
        {
            throw new ElfException($"a section of 0x{size:x} bytes is too large");
        }

        byte[] unpacked = new byte[size];
        try
        {
            using var stream = new ZLibStream(
                new MemoryStream(bytes, CompressionHeaderBytes, bytes.Length - CompressionHeaderBytes),
                CompressionMode.Decompress);
            stream.ReadExactly(unpacked);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ElfException("a compressed section is damaged");
        }

        return unpacked;
    }

    private static string NameAt(byte[] names, uint at)
    {
        ReadOnlySpan<byte> rest = names.AsSpan((int)Math.Min(at, names.Length));
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
