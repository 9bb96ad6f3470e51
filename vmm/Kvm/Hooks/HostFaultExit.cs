using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>The guest touched memory that this process does not have. Who handles it has put something
/// there.</summary>
/// <param name="Address">Guest-physical.</param>
public readonly record struct HostFaultExit(VcpuId Vcpu, ulong Address);
