using System.Buffers.Binary;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Kernel images of a few bytes.</summary>
internal static class Images
{
    public const ulong Base = 0x20_0000;

    /// <summary>An ELF file of one segment with 16 bytes of code and as many zeros.</summary>
    public static byte[] Elf(ulong physical = Base, ulong entry = Base + 4, ulong memoryBytes = 32)
    {
        byte[] file = new byte[64 + 56 + 16];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        Put16(file, 16, 2);
        Put16(file, 18, 62);
        Put64(file, 24, entry);
        Put64(file, 32, 64);
        Put16(file, 54, 56);
        Put16(file, 56, 1);
        Put16(file, 64, 1);
        Put64(file, 64 + 8, 120);
        Put64(file, 64 + 24, physical);
        Put64(file, 64 + 32, 16);
        Put64(file, 64 + 40, memoryBytes);
        Enumerable.Range(1, 16).Select(i => (byte)i).ToArray().CopyTo(file, 120);
        return file;
    }

    /// <summary>A bzImage of two sectors whose code is at its third, to be entered 0x200 bytes into it.
    /// </summary>
    public static byte[] BzImage(ulong preferred = 0x100_0000, uint initSize = 0x10_0000)
    {
        byte[] file = new byte[(2 * 512) + 0x400];
        file[0x1f1] = 1;
        Put16(file, 0x1fe, 0xaa55);
        file[0x201] = 0x6a;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        Put16(file, 0x206, 0x20f);
        file[0x211] = 1;
        Put16(file, 0x236, 1);
        Put64(file, 0x258, preferred);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x260), initSize);
        file[1024 + 0x200] = 0xf4;
        return file;
    }

    public static void Put16(byte[] file, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    public static void Put64(byte[] file, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
