using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A timer ended a slice between two instructions. There is nothing to handle: what a hook
/// says is not asked.</summary>
public readonly ref struct InterruptionExit
{
    private readonly ref readonly KvmRegisters _registers;

    public InterruptionExit(VcpuId vcpu, ref readonly KvmRegisters registers)
    {
        Vcpu = vcpu;
        _registers = ref registers;
    }

    public VcpuId Vcpu { get; }

    /// <summary>Not to be changed: an exception may be on its way, which KVM would forget.</summary>
    public ref readonly KvmRegisters Registers => ref _registers;
}
