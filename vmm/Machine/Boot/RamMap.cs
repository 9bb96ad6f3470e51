namespace Dilaton.Machine;

/// <summary>Where a machine's memory lies:
/// <code>
/// 0 .. 3 GiB          the first part, with the old PC's hole from 0x9fc00 to 1 MiB marked as reserved
/// 3 GiB .. 4 GiB      devices: I/O APIC 0xfec00000, local APICs 0xfee00000
/// 4 GiB ..            the rest
/// </code></summary>
public sealed class RamMap
{
    public const ulong Megabyte = 1UL << 20;
    public const ulong HighBase = 1UL << 32;

    /// <summary>Boot tables, kernels that ask for 16 MiB, and something to run in.</summary>
    public const ulong LeastBytes = 16 * Megabyte;

    private const ulong LowMax = 3UL << 30;
    private const ulong ReservedBase = 0x9_fc00;
    private const uint Usable = 1;
    private const uint Reserved = 2;

    /// <exception cref="ImageException">It is less than any kernel needs.</exception>
    public RamMap(ulong sizeBytes)
    {
        if (sizeBytes < LeastBytes)
        {
            throw new ImageException($"memory of {sizeBytes} bytes is too little: a system needs {LeastBytes}");
        }

        LowBytes = Math.Min(sizeBytes, LowMax);
        HighBytes = sizeBytes - LowBytes;
    }

    /// <summary>From address 0 on.</summary>
    public ulong LowBytes { get; }

    /// <summary>From 4 GiB on; may be 0.</summary>
    public ulong HighBytes { get; }

    /// <summary>As Linux's struct boot_e820_entry: address, size, type.</summary>
    public IReadOnlyList<(ulong Base, ulong Size, uint Type)> Entries()
    {
        List<(ulong, ulong, uint)> entries =
        [
            (0, ReservedBase, Usable),
            (ReservedBase, Megabyte - ReservedBase, Reserved),
            (Megabyte, LowBytes - Megabyte, Usable),
        ];
        if (HighBytes > 0)
        {
            entries.Add((HighBase, HighBytes, Usable));
        }

        return entries;
    }
}
