using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Random state that visits the corners: 0, -1, extremes, NaNs, denormals.</summary>
internal static class Values
{
    private static readonly ulong[] s_integers =
    [
        0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 65, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF,
        0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF,
        0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 1,
    ];

    private static readonly ulong[] s_doubles =
    [
        0, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000,
        0x7FF0_0000_0000_0001, 1, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000,
        0x7FEF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000, 0x41DF_FFFF_FFC0_0000,
        0x43E0_0000_0000_0000, 0x4008_0000_0000_0000,
    ];

    private static readonly uint[] s_singles =
    [
        0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000,
        0x7F80_0001, 1, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0x3F00_0000, 0x4F00_0000,
        0x5F00_0000, 0x4040_0000,
    ];

    public static ulong Integer(SeededRandom random) => random.Below(4) switch
    {
        0 => random.Pick<ulong>(s_integers),
        1 => random.Next() & 0xFF,
        2 => random.Next() & 0xFFFF_FFFF,
        _ => random.Next(),
    };

    /// <summary>Fills 16 bytes with integers, floats or noise.</summary>
    public static void Vector(SeededRandom random, Span<byte> bytes)
    {
        int kind = random.Below(5);
        for (int i = 0; i < bytes.Length; i += 8)
        {
            ulong value = kind switch
            {
                0 => random.Pick<ulong>(s_doubles),
                1 => random.Pick<uint>(s_singles) | ((ulong)random.Pick<uint>(s_singles) << 32),
                2 => Integer(random),
                3 => BitConverter.DoubleToUInt64Bits((int)random.Next() / 7.0),
                _ => random.Next(),
            };
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], value);
        }
    }

    /// <summary>Fills extended state. Most have all exceptions masked and none pending.</summary>
    public static void Extended(SeededRandom random, Span<byte> extended)
    {
        extended.Clear();
        ushort control = (ushort)(0x7F | random.Pick<int>([0, 0x200, 0x300])
            | (random.Below(4) << 10));
        uint mxcsr = 0x1F80u | ((uint)random.Below(4) << 13)
            | (random.OneIn(4) ? 0x8000u : 0) | (random.OneIn(4) ? 0x40u : 0);
        if (random.OneIn(24))
        {
            control &= (ushort)~(1 << random.Below(6));
        }

        if (random.OneIn(24))
        {
            mxcsr &= ~(0x80u << random.Below(6));
        }

        BinaryPrimitives.WriteUInt16LittleEndian(extended, control);
        BinaryPrimitives.WriteUInt16LittleEndian(extended[2..],
            (ushort)((random.Below(8) << 11) | (random.Below(8) << 8)));
        extended[4] = random.Below(3) switch
        {
            0 => 0xFF,
            1 => 0,
            _ => (byte)random.Next(),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(extended[ExtendedState.MxcsrOffset..], mxcsr);
        for (int i = 0; i < 8; i++)
        {
            X87(random, extended.Slice(32 + (16 * i), 10));
        }

        for (int i = 0; i < 16; i++)
        {
            Vector(random, extended.Slice(ExtendedState.XmmOffset + (16 * i), 16));
            Vector(random, extended.Slice(ExtendedState.YmmHighOffset + (16 * i), 16));
        }
    }

    private static void X87(SeededRandom random, Span<byte> bytes)
    {
        ulong fraction = random.Next() | 0x8000_0000_0000_0000;
        ushort exponent = (ushort)(0x3FFF - 70 + random.Below(140));
        switch (random.Below(8))
        {
            case 0:
                (fraction, exponent) = (0, 0);
                break;
            case 1:
                (fraction, exponent) = (0x8000_0000_0000_0000, 0x3FFF);
                break;
            case 2:
                (fraction, exponent) = (0x8000_0000_0000_0000, 0x7FFF);
                break;
            case 3:
                exponent = 0x7FFF;
                break;
            case 4:
                (fraction, exponent) = (fraction & 0x7FFF_FFFF_FFFF_FFFF, 0);
                break;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, fraction);
        exponent |= random.OneIn(2) ? (ushort)0x8000 : (ushort)0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], exponent);
    }
}
