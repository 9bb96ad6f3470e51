namespace Dilaton.Core;

/// <summary>Address as a guest program sees it.</summary>
public readonly record struct GuestVirtualAddress(ulong Value)
{
    public override string ToString() => $"gva 0x{Value:x}";
}
