namespace Dilaton.Machine;

/// <summary>What the machine puts into its first megabyte before a guest is entered.</summary>
public static class BootLayout
{
    public const ulong Gdt = 0x500;
    public const ushort CodeSelector = 0x10;
    public const ushort DataSelector = 0x18;

    /// <summary>Identity map of 4 GiB: a PML4, a page-directory-pointer table, four page directories.
    /// </summary>
    public const ulong PageTables = 0x1000;

    /// <summary>Linux's struct boot_params.</summary>
    public const ulong BootParameters = 0x7000;

    public const ulong StackTop = 0x9000;
    public const ulong CommandLine = 0x2_0000;

    /// <summary>With the 0 at its end.</summary>
    public const int CommandLineMax = 4096;

    public const ulong Acpi = 0xe_0000;
}
