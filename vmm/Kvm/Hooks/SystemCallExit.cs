using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>User code made a system call: its number is in rax, and rip is behind it. Who handles it
/// leaves the result in rax.</summary>
public readonly ref struct SystemCallExit
{
    private readonly ref KvmRegisters _registers;

    public SystemCallExit(VcpuId vcpu, ref KvmRegisters registers)
    {
        Vcpu = vcpu;
        _registers = ref registers;
    }

    public VcpuId Vcpu { get; }

    /// <summary>As user code left them; changes are taken over.</summary>
    public ref KvmRegisters Registers => ref _registers;
}
