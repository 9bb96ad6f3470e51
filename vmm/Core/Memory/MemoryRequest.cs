namespace Dilaton.Core;

/// <summary>A request to what lies behind the cut.</summary>
/// <param name="At">When it passes the cut.</param>
/// <param name="Line">Guest-physical address of the line.</param>
public readonly record struct MemoryRequest(
    VirtualTime At, VcpuId Vcpu, uint Sequence, ulong Line, MemoryEventKind Kind);
