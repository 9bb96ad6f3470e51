namespace Dilaton.Machine;

/// <summary>A part of a kernel image.</summary>
public sealed record KernelSegment(ulong Physical, ReadOnlyMemory<byte> Bytes, ulong MemoryBytes);
