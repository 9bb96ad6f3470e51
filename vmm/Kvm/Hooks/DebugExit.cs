using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A single step or a breakpoint that was asked for.</summary>
public readonly ref struct DebugExit
{
    private readonly ref readonly KvmRegisters _registers;

    public DebugExit(VcpuId vcpu, ref readonly KvmRegisters registers)
    {
        Vcpu = vcpu;
        _registers = ref registers;
    }

    public VcpuId Vcpu { get; }

    public ref readonly KvmRegisters Registers => ref _registers;
}
