namespace Dilaton.Machine;

/// <summary>A kernel as it is to be laid into memory.</summary>
/// <param name="Entry">Guest-physical address at which it is entered, in long mode.</param>
/// <param name="Segments">What is copied where; what is longer in memory is zero there.</param>
/// <param name="SetupHeader">For a bzImage, what its file says of itself from offset 0x1f1 on, else
/// empty.</param>
public sealed record KernelImage(
    ulong Entry, IReadOnlyList<KernelSegment> Segments, ReadOnlyMemory<byte> SetupHeader)
{
    /// <summary>The end of what the kernel occupies before it looks after itself.</summary>
    public ulong End => Segments.Max(segment => segment.Physical + segment.MemoryBytes);

    /// <param name="lowBytes">Of memory from address 0 on.</param>
    /// <exception cref="ImageException">It is no kernel that can be entered in long mode, or does not
    /// fit.</exception>
    public static KernelImage Read(ReadOnlyMemory<byte> file, ulong lowBytes)
    {
        KernelImage image = ElfKernel.IsElf(file.Span) ? ElfKernel.Read(file)
            : BzImage.IsBzImage(file.Span) ? BzImage.Read(file)
            : throw new ImageException(
                "it is neither an ELF file nor a Linux bzImage: give a vmlinux, a vmlinuz or a "
                + "bare-metal ELF image for x86-64");
        foreach (KernelSegment segment in image.Segments)
        {
            if (segment.Physical < RamMap.Megabyte)
            {
                throw new ImageException(
                    $"it wants to lie at 0x{segment.Physical:x}; images begin at 1 MiB (0x100000) or above");
            }

            if (segment.Physical > lowBytes || segment.MemoryBytes > lowBytes - segment.Physical)
            {
                throw new ImageException(
                    $"it needs memory up to 0x{(UInt128)segment.Physical + segment.MemoryBytes:x}, and the "
                    + $"node has it up to 0x{lowBytes:x}: give more with memory.size");
            }
        }

        return image;
    }
}
