namespace Dilaton.Tests.Differential;

/// <summary>Guest memory that a test case owns; <paramref name="Protection"/> in mmap's bits.
/// </summary>
internal readonly record struct MemoryRegion(ulong Start, int SizeBytes, int Protection)
{
    public ulong End => Start + (ulong)SizeBytes;

    public bool Contains(ulong address) => address >= Start && address < End;
}
