using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>All user-visible state of a vCPU.</summary>
internal sealed class CpuState
{
    public const int SizeBytes = GuestRegisters.SizeBytes + ExtendedState.SizeBytes;

    /// <summary>Flags that user code can set and that signal frames carry.</summary>
    public const ulong FlagsMask = 0xCD5 | 0x4_0000;

    public const ulong FixedFlags = 0x202;
    private const int MxcsrMaskOffset = 28;

    private static readonly string[] s_names =
    [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15", "rip", "rflags", "fs_base", "gs_base",
    ];

    public GuestRegisters Registers;

    public byte[] Extended { get; } = new byte[ExtendedState.SizeBytes];

    public Span<ulong> Words =>
        MemoryMarshal.Cast<GuestRegisters, ulong>(MemoryMarshal.CreateSpan(ref Registers, 1));

    public ulong Rip => Registers.Rip;

    public static CpuState Parse(ReadOnlySpan<byte> bytes)
    {
        CpuState state = new() { Registers = MemoryMarshal.Read<GuestRegisters>(bytes) };
        bytes.Slice(GuestRegisters.SizeBytes, ExtendedState.SizeBytes).CopyTo(state.Extended);
        return state;
    }

    public void Write(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, in Registers);
        Extended.CopyTo(bytes[GuestRegisters.SizeBytes..]);
    }

    public CpuState Clone()
    {
        CpuState copy = new() { Registers = Registers };
        Extended.CopyTo(copy.Extended, 0);
        return copy;
    }

    public Span<byte> Xmm(int index) =>
        Extended.AsSpan(ExtendedState.XmmOffset + (16 * index), 16);

    public Span<byte> YmmHigh(int index) =>
        Extended.AsSpan(ExtendedState.YmmHighOffset + (16 * index), 16);

    /// <summary>Byte <paramref name="i"/> of the 32 of a ymm register.</summary>
    public byte YmmByte(int index, int i) => i < 16 ? Xmm(index)[i] : YmmHigh(index)[i - 16];

    /// <summary>Lines "name: a, b" of what differs; empty if nothing does. Not compared: the last
    /// x87 opcode and pointers (they name the address of the copied instruction) and reserved
    /// bytes.</summary>
    public static string Difference(CpuState a, CpuState b, ulong ignoredFlags = 0)
    {
        StringBuilder text = new();
        Span<ulong> x = a.Words;
        Span<ulong> y = b.Words;
        for (int i = 0; i < x.Length; i++)
        {
            ulong mask = i == 17 ? FlagsMask & ~ignoredFlags : ulong.MaxValue;
            if (((x[i] ^ y[i]) & mask) != 0)
            {
                text.Append($"  {s_names[i]}: {x[i]:x}, {y[i]:x}\n");
            }
        }

        Append(text, "fcw", a, b, 0, 2);
        Append(text, "fsw", a, b, 2, 2);
        Append(text, "ftw", a, b, 4, 1);
        Append(text, "mxcsr", a, b, ExtendedState.MxcsrOffset, 4);
        for (int i = 0; i < 8; i++)
        {
            Append(text, $"st{i}", a, b, 32 + (16 * i), 10);
        }

        for (int i = 0; i < 16; i++)
        {
            Append(text, $"xmm{i}", a, b, ExtendedState.XmmOffset + (16 * i), 16);
            Append(text, $"ymm{i}_high", a, b, ExtendedState.YmmHighOffset + (16 * i), 16);
        }

        return text.ToString();
    }

    public static void ClearReserved(Span<byte> extended)
    {
        extended[5] = 0;
        extended[6..24].Clear();
        extended.Slice(MxcsrMaskOffset, 4).Clear();
        extended[416..512].Clear();
    }

    private static void Append(
        StringBuilder text, string name, CpuState a, CpuState b, int offset, int length)
    {
        ReadOnlySpan<byte> x = a.Extended.AsSpan(offset, length);
        ReadOnlySpan<byte> y = b.Extended.AsSpan(offset, length);
        if (!x.SequenceEqual(y))
        {
            text.Append($"  {name}: {Hex(x)}, {Hex(y)}\n");
        }
    }

    private static string Hex(ReadOnlySpan<byte> littleEndian)
    {
        byte[] bytes = littleEndian.ToArray();
        Array.Reverse(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
