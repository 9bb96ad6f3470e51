using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The x87 tag word of two bits a register, of which FXSAVE keeps one: whether it is empty
/// (Intel SDM vol. 1, "x87 FPU Tag Word").</summary>
internal static class X87Tags
{
    private const int AbridgedOffset = 4;
    private const int RegistersOffset = 32;
    private const int RegisterStride = 16;
    private const int ExponentMax = 0x7fff;
    private const uint Zero = 1;
    private const uint Special = 2;
    private const uint Empty = 3;

    public static uint Full(ReadOnlySpan<byte> extended)
    {
        int top = (BinaryPrimitives.ReadUInt16LittleEndian(extended[2..]) >> 11) & 7;
        uint tags = 0;
        for (int i = 0; i < 8; i++)
        {
            bool isUsed = (extended[AbridgedOffset] & (1 << i)) != 0;
            int at = RegistersOffset + (((i - top) & 7) * RegisterStride);
            tags |= (isUsed ? TagOf(extended[at..]) : Empty) << (2 * i);
        }

        return tags;
    }

    public static byte Abridged(uint tags)
    {
        int used = 0;
        for (int i = 0; i < 8; i++)
        {
            used |= ((tags >> (2 * i)) & 3) == Empty ? 0 : 1 << i;
        }

        return (byte)used;
    }

    private static uint TagOf(ReadOnlySpan<byte> value)
    {
        ulong fraction = BinaryPrimitives.ReadUInt64LittleEndian(value);
        int exponent = BinaryPrimitives.ReadUInt16LittleEndian(value[8..]) & ExponentMax;
        bool isNormal = fraction >> 63 != 0 && exponent != ExponentMax;
        return isNormal ? 0 : exponent == 0 && fraction == 0 ? Zero : Special;
    }
}
