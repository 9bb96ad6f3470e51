using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A vCPU's registers in the order in which the target description has them, as GDB's
/// features for x86-64 name them (GDB manual, "i386 Features").</summary>
internal static class DebugRegisters
{
    private const int Rip = 16;
    private const int Flags = 17;
    private const int Segments = 18;
    private const int X87 = 24;
    private const int X87Control = 32;
    private const int Xmm = 40;
    private const int Mxcsr = 56;
    private const int OriginalRax = 57;
    private const int FsBase = 58;
    private const int GsBase = 59;
    private const int YmmHigh = 60;
    private const ushort UserCode = 0x33;
    private const ushort UserData = 0x2b;
    private const int X87Offset = 32;
    private const int X87Bytes = 10;
    private const int X87Stride = 16;

    public const int Count = 76;

    private static readonly string[] s_general =
    [
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ];

    private static readonly string[] s_segments = ["cs", "ss", "ds", "es", "fs", "gs"];

    private static readonly string[] s_control =
        ["fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"];

    public static string Description { get; } = Describe();

    /// <summary>rsp and rip, which every stop tells.</summary>
    public static ReadOnlySpan<int> Expedited => [6, 7, Rip];

    public static int SizeBytes(int number) => number switch
    {
        <= Rip or OriginalRax or FsBase or GsBase => 8,
        >= X87 and < X87Control => X87Bytes,
        (>= Xmm and < Mxcsr) or >= YmmHigh => 16,
        _ => 4,
    };

    public static byte[] Read(int number, in GuestRegisters registers, ReadOnlySpan<byte> extended)
    {
        byte[] bytes = new byte[SizeBytes(number)];
        switch (number)
        {
            case >= X87 and < X87Control:
                extended.Slice(X87Offset + ((number - X87) * X87Stride), X87Bytes).CopyTo(bytes);
                break;
            case >= Xmm and < Mxcsr:
                extended.Slice(ExtendedState.XmmOffset + ((number - Xmm) * 16), 16).CopyTo(bytes);
                break;
            case >= YmmHigh:
                extended.Slice(ExtendedState.YmmHighOffset + ((number - YmmHigh) * 16), 16)
                    .CopyTo(bytes);
                break;
            default:
                ulong value = ReadWord(number, registers, extended);
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)(value >> (8 * i));
                }

                break;
        }

        return bytes;
    }

    /// <summary>What a program can't change in user mode stays.</summary>
    /// <param name="bytes">As many as <see cref="SizeBytes"/> says.</param>
    public static void Write(
        int number, ReadOnlySpan<byte> bytes, ref GuestRegisters registers, Span<byte> extended)
    {
        switch (number)
        {
            case >= X87 and < X87Control:
                bytes.CopyTo(extended[(X87Offset + ((number - X87) * X87Stride))..]);
                break;
            case >= X87Control and < Xmm:
                WriteX87Control(
                    number - X87Control, BinaryPrimitives.ReadUInt32LittleEndian(bytes), extended);
                break;
            case >= Xmm and < Mxcsr:
                bytes.CopyTo(extended[(ExtendedState.XmmOffset + ((number - Xmm) * 16))..]);
                break;
            case Mxcsr:
                bytes.CopyTo(extended[ExtendedState.MxcsrOffset..]);
                break;
            case >= YmmHigh:
                bytes.CopyTo(extended[(ExtendedState.YmmHighOffset + ((number - YmmHigh) * 16))..]);
                break;
            case Flags:
                registers.Rflags = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                break;
            case <= Rip or FsBase or GsBase:
                Word(ref registers, number) = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                break;
            default:
                break;
        }
    }

    private static ulong ReadWord(
        int number, in GuestRegisters registers, ReadOnlySpan<byte> extended)
    {
        GuestRegisters copy = registers;
        return number switch
        {
            <= Rip or FsBase or GsBase => Word(ref copy, number),
            Flags => (uint)copy.Rflags,
            Segments => UserCode,
            Segments + 1 => UserData,
            < X87 => 0,
            < Xmm => ReadX87Control(number - X87Control, extended),
            Mxcsr => BinaryPrimitives.ReadUInt32LittleEndian(
                extended[ExtendedState.MxcsrOffset..]),
            _ => ulong.MaxValue, // orig_rax: in no call
        };
    }

    private static ref ulong Word(ref GuestRegisters registers, int number)
    {
        switch (number)
        {
            case 0: return ref registers.Rax;
            case 1: return ref registers.Rbx;
            case 2: return ref registers.Rcx;
            case 3: return ref registers.Rdx;
            case 4: return ref registers.Rsi;
            case 5: return ref registers.Rdi;
            case 6: return ref registers.Rbp;
            case 7: return ref registers.Rsp;
            case 8: return ref registers.R8;
            case 9: return ref registers.R9;
            case 10: return ref registers.R10;
            case 11: return ref registers.R11;
            case 12: return ref registers.R12;
            case 13: return ref registers.R13;
            case 14: return ref registers.R14;
            case 15: return ref registers.R15;
            case Rip: return ref registers.Rip;
            case FsBase: return ref registers.FsBase;
            case GsBase: return ref registers.GsBase;
            default: throw new InvariantException($"register {number} is no word");
        }
    }

    /// <summary>Intel SDM vol. 1, "FXSAVE Area".</summary>
    private static uint ReadX87Control(int index, ReadOnlySpan<byte> extended) => index switch
    {
        0 => BinaryPrimitives.ReadUInt16LittleEndian(extended),
        1 => BinaryPrimitives.ReadUInt16LittleEndian(extended[2..]),
        2 => X87Tags.Full(extended),
        3 => BinaryPrimitives.ReadUInt16LittleEndian(extended[12..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(extended[8..]),
        5 => BinaryPrimitives.ReadUInt16LittleEndian(extended[20..]),
        6 => BinaryPrimitives.ReadUInt32LittleEndian(extended[16..]),
        _ => BinaryPrimitives.ReadUInt16LittleEndian(extended[6..]),
    };

    private static void WriteX87Control(int index, uint value, Span<byte> extended)
    {
        switch (index)
        {
            case 0:
                BinaryPrimitives.WriteUInt16LittleEndian(extended, (ushort)value);
                break;
            case 1:
                BinaryPrimitives.WriteUInt16LittleEndian(extended[2..], (ushort)value);
                break;
            case 2:
                extended[4] = X87Tags.Abridged(value);
                break;
            case 7:
                BinaryPrimitives.WriteUInt16LittleEndian(extended[6..], (ushort)value);
                break;
            default:
                break;
        }
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        text.Append("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>");
        text.Append("<architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>");
        text.Append("<feature name=\"org.gnu.gdb.i386.core\">");
        foreach (string name in s_general)
        {
            Add(text, name, 64, name is "rbp" or "rsp" ? "data_ptr" : "int64");
        }

        Add(text, "rip", 64, "code_ptr");
        Add(text, "eflags", 32, "int32");
        AddAll(text, s_segments, 32, "int32");
        AddAll(text, Numbered("st", 8, ""), 80, "i387_ext");
        AddAll(text, s_control, 32, "int");
        text.Append("</feature><feature name=\"org.gnu.gdb.i386.sse\">");
        text.Append("<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>");
        text.Append("<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>");
        text.Append("<vector id=\"v16b\" type=\"int8\" count=\"16\"/>");
        text.Append("<vector id=\"v8s\" type=\"int16\" count=\"8\"/>");
        text.Append("<vector id=\"v4i\" type=\"int32\" count=\"4\"/>");
        text.Append("<vector id=\"v2l\" type=\"int64\" count=\"2\"/><union id=\"vec128\">");
        foreach ((string field, string type) in
            new[]
            {
                ("v4_float", "v4f"), ("v2_double", "v2d"), ("v16_int8", "v16b"),
                ("v8_int16", "v8s"), ("v4_int32", "v4i"), ("v2_int64", "v2l"),
                ("uint128", "uint128"),
            })
        {
            text.Append($"<field name=\"{field}\" type=\"{type}\"/>");
        }

        text.Append("</union>");
        AddAll(text, Numbered("xmm", 16, ""), 128, "vec128");
        Add(text, "mxcsr", 32, "int");
        text.Append("</feature><feature name=\"org.gnu.gdb.i386.linux\">");
        Add(text, "orig_rax", 64, "int");
        text.Append("</feature><feature name=\"org.gnu.gdb.i386.segments\">");
        AddAll(text, ["fs_base", "gs_base"], 64, "int");
        text.Append("</feature><feature name=\"org.gnu.gdb.i386.avx\">");
        AddAll(text, Numbered("ymm", 16, "h"), 128, "uint128");
        return text.Append("</feature></target>").ToString();
    }

    private static IEnumerable<string> Numbered(string name, int count, string end) =>
        Enumerable.Range(0, count).Select(i => $"{name}{i}{end}");

    private static void AddAll(
        StringBuilder text, IEnumerable<string> names, int bits, string type)
    {
        foreach (string name in names)
        {
            Add(text, name, bits, type);
        }
    }

    private static void Add(StringBuilder text, string name, int bits, string type) =>
        text.Append($"<reg name=\"{name}\" bitsize=\"{bits}\" type=\"{type}\"/>");
}
