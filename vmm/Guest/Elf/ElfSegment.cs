namespace Dilaton.Guest;

/// <summary>A loadable segment (PT_LOAD), checked: its file part lies in the file and its memory
/// part does not overflow.</summary>
internal readonly record struct ElfSegment(
    ulong FileOffset,
    ulong FileBytes,
    ulong Address,
    ulong MemoryBytes,
    GuestProtection Protection)
{
    public ulong End => Address + MemoryBytes;
}
