using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>`struct sock_filter` of the kernel's `linux/filter.h`.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SeccompInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value)
{
    public const ushort LoadWord = 0x20;
    public const ushort JumpIfEqual = 0x15;
    public const ushort JumpIfAnyBit = 0x45;
    public const ushort AndValue = 0x54;
    public const ushort Return = 0x06;
}
