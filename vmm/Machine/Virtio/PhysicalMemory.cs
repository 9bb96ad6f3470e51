using Dilaton.Native;

namespace Dilaton.Machine;

/// <summary>A machine's memory by guest-physical address, as its devices reach it. The guest may change
/// what is there at any time.</summary>
public sealed class PhysicalMemory(RamMap map, GuestRam ram)
{
    /// <summary>Whether all of a range is memory, in one piece.</summary>
    public bool Has(ulong address, ulong length) =>
        Fits(address, length, 0, map.LowBytes) || Fits(address, length, RamMap.HighBase, map.HighBytes);

    /// <summary>A range that <see cref="Has"/> has said is there.</summary>
    public Span<byte> At(ulong address, int length) => ram.At(
        address < RamMap.HighBase ? address : address - RamMap.HighBase + map.LowBytes, length);

    private static bool Fits(ulong address, ulong length, ulong begin, ulong size) =>
        address >= begin && address - begin <= size && length <= size - (address - begin);
}
