namespace Dilaton.Guest;

/// <summary>An ELF file in memory.</summary>
/// <param name="Bias">Added to every address in the file.</param>
internal sealed record LoadedImage(ElfFile Elf, string Name, ulong Bias)
{
    public ulong Entry => Elf.Header.Entry + Bias;

    public ulong End => Elf.ImageEnd + Bias;
}
