using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A request of a trace. Formats other than our own know loads, stores and write-backs as
/// reads and writes only.</summary>
public readonly record struct TraceRecord(
    VirtualTime At, VcpuId Vcpu, MemoryEventKind Kind, ulong Address, uint SizeBytes)
{
    /// <summary>Moves data to the memory, and nobody waits.</summary>
    public bool IsWrite => Kind == MemoryEventKind.Writeback;
}
