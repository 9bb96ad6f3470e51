using System.Buffers.Binary;

namespace Dilaton.Machine;

/// <summary>A compressed Linux kernel, whose own code unpacks it (Linux, Documentation/arch/x86/boot.rst,
/// "64-bit Boot Protocol"): what lies behind the real-mode sectors is entered 0x200 bytes from its
/// begin.</summary>
internal static class BzImage
{
    /// <summary>Of the setup header, in the file and in struct boot_params.</summary>
    public const int HeaderAt = 0x1f1;

    private const int SectorBytes = 512;
    private const int BootFlagAt = 0x1fe;
    private const int JumpAt = 0x201;
    private const int HeaderBase = 0x202;
    private const int VersionAt = 0x206;
    private const int LoadFlagsAt = 0x211;
    private const int LoadFlagsExtendedAt = 0x236;
    private const int PreferredAt = 0x258;
    private const int InitSizeAt = 0x260;
    private const int HeaderMax = 0x290;
    private const ushort BootFlag = 0xaa55;
    private const uint Magic = 0x5372_6448;
    private const ushort VersionLeast = 0x20c;
    private const ulong EntryOffset = 0x200;

    public static bool IsBzImage(ReadOnlySpan<byte> file) =>
        file.Length >= HeaderMax
        && BinaryPrimitives.ReadUInt16LittleEndian(file[BootFlagAt..]) == BootFlag
        && BinaryPrimitives.ReadUInt32LittleEndian(file[HeaderBase..]) == Magic;

    public static KernelImage Read(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionAt..]);
        if (version < VersionLeast || (bytes[LoadFlagsAt] & 1) == 0
            || (BinaryPrimitives.ReadUInt16LittleEndian(bytes[LoadFlagsExtendedAt..]) & 1) == 0)
        {
            throw new ImageException(
                "it has no 64-bit entry: boot protocol 2.12 and XLF_KERNEL_64 are needed, which 64-bit Linux "
                + "has had since 3.8");
        }

        int sectors = bytes[HeaderAt] == 0 ? 4 : bytes[HeaderAt];
        int body = (sectors + 1) * SectorBytes;
        if (body + (int)EntryOffset >= bytes.Length)
        {
            throw new ImageException("it ends before its 64-bit code: it is cut off");
        }

        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(bytes[PreferredAt..]);
        ulong room = BinaryPrimitives.ReadUInt32LittleEndian(bytes[InitSizeAt..]);
        ReadOnlyMemory<byte> code = file[body..];
        int headerEnd = Math.Clamp(HeaderBase + bytes[JumpAt], InitSizeAt + 4, HeaderMax);
        return new KernelImage(
            at + EntryOffset,
            [new KernelSegment(at, code, Math.Max((ulong)code.Length, room))],
            file[HeaderAt..headerEnd]);
    }
}
