using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The guest did what Dilaton does not support.</summary>
public sealed class UnsupportedGuestException(VcpuId vcpu, ulong rip, string what)
    : Exception($"{vcpu} at rip 0x{rip:x}: {what}")
{
    public VcpuId Vcpu { get; } = vcpu;

    public ulong Rip { get; } = rip;
}
