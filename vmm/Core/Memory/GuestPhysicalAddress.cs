namespace Dilaton.Core;

/// <summary>Address in a node's emulated physical memory.</summary>
public readonly record struct GuestPhysicalAddress(ulong Value)
{
    public override string ToString() => $"gpa 0x{Value:x}";
}
