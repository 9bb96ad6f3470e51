namespace Dilaton.Core;

/// <summary>The guest's base page: 4 KiB.</summary>
public static class GuestPage
{
    public const int Shift = 12;
    public const ulong SizeBytes = 1UL << Shift;
    public const ulong OffsetMask = SizeBytes - 1;

    public static ulong Floor(ulong address) => address & ~OffsetMask;

    public static ulong Ceiling(ulong address) => checked(address + OffsetMask) & ~OffsetMask;
}
