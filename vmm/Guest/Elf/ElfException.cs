namespace Dilaton.Guest;

/// <summary>Bytes that are no ELF file that could be run.</summary>
internal sealed class ElfException(string reason) : Exception(reason);
