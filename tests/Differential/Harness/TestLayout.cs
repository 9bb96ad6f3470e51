using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>The memory of every test case, at the same addresses natively and translated. Each
/// region is followed by an unmapped page, save <see cref="Low"/>, which is followed by
/// <see cref="ReadOnly"/>.</summary>
internal static class TestLayout
{
    public const int Read = 1;
    public const int Write = 2;
    public const int Execute = 4;

    public static readonly MemoryRegion Code = new(0x40_0000, 0x4000, Read | Execute);
    public static readonly MemoryRegion Low = new(0x80_0000, 0x2000, Read | Write);
    public static readonly MemoryRegion ReadOnly = new(0x80_2000, 0x1000, Read);
    public static readonly MemoryRegion High =
        new(GuestLayout.AnonymousStart + 0x10_0000, 0x2000, Read | Write);

    public static readonly MemoryRegion Stack =
        new(GuestLayout.StackTop - 0x2000, 0x2000, Read | Write);

    public static readonly MemoryRegion[] Regions = [Code, Low, ReadOnly, High, Stack];

    public static int ImageBytes { get; } = Regions.Sum(r => r.SizeBytes);

    /// <summary>Where the byte at a guest address lies in a case's image.</summary>
    public static int OffsetOf(ulong address)
    {
        int offset = 0;
        foreach (MemoryRegion region in Regions)
        {
            if (region.Contains(address))
            {
                return offset + (int)(address - region.Start);
            }

            offset += region.SizeBytes;
        }

        throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} is in no region");
    }

    public static ulong AddressOf(int offset)
    {
        foreach (MemoryRegion region in Regions)
        {
            if (offset < region.SizeBytes)
            {
                return region.Start + (ulong)offset;
            }

            offset -= region.SizeBytes;
        }

        throw new ArgumentOutOfRangeException(nameof(offset));
    }

    public static bool IsMapped(ulong address, int length) =>
        Regions.Any(r => r.Contains(address) && r.Contains(address + (ulong)length - 1));
}
