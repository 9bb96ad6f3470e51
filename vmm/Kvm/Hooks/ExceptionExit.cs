using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>User code caused an exception; rip is where it would go on. Who handles it has either made
/// the cause go away or moved rip.</summary>
public readonly ref struct ExceptionExit
{
    private readonly ref KvmRegisters _registers;

    /// <param name="errorCode">0 for an exception without one.</param>
    /// <param name="address">Of a page fault.</param>
    public ExceptionExit(
        VcpuId vcpu, ref KvmRegisters registers, int vector, ulong errorCode, ulong address)
    {
        Vcpu = vcpu;
        Vector = vector;
        ErrorCode = errorCode;
        Address = address;
        _registers = ref registers;
    }

    public VcpuId Vcpu { get; }

    public int Vector { get; }

    public ulong ErrorCode { get; }

    /// <summary>Guest-virtual, of a page fault.</summary>
    public ulong Address { get; }

    /// <summary>As user code left them; changes are taken over.</summary>
    public ref KvmRegisters Registers => ref _registers;
}
