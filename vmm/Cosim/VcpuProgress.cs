using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A vCPU as of the end of one of its last slices.</summary>
public readonly record struct VcpuProgress(
    VirtualTime Time, ulong Instructions, VcpuActivity Activity);
