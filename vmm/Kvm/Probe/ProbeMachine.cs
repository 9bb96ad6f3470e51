using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A machine with one vCPU and a page of code, to try one thing on.</summary>
internal sealed class ProbeMachine : IDisposable
{
    public const ulong Code = 0x40_0000;

    /// <summary>Nothing is there.</summary>
    public const ulong Nowhere = 0x50_0000;

    private const int CodeSlot = 1;
    private const ulong UserFlags = 0x202;

    private readonly KvmMemory _supervisor;
    private readonly KvmMemory _code;
    private readonly KvmMachine _machine;

    public ProbeMachine(KvmDevice device, bool trapsTimestamp = false, bool staysUser = false)
    {
        _supervisor = new KvmMemory(SupervisorLayout.SizeBytes);
        _code = new KvmMemory((int)GuestPage.SizeBytes);
        _machine = device.CreateMachine();
        _machine.SetTssAddress(SupervisorLayout.TssPhysical);
        _machine.SetMemory(Region(SupervisorLayout.Slot, SupervisorLayout.Physical, _supervisor));
        _machine.SetMemory(Region(CodeSlot, Code, _code));
        PageTables tables = new(_supervisor, AddressWindow.First);
        tables.Map(Code, Code + GuestPage.SizeBytes, mayWrite: true, mayExecute: true);
        SupervisorImage.Write(_supervisor);
        Vcpu = new UserVcpu(
            _machine, _supervisor, 0, device.SupportedCpuid(), trapsTimestamp, staysUser);
    }

    public UserVcpu Vcpu { get; }

    /// <summary>Puts code where the vCPU will run it in user mode.</summary>
    public void Load(ReadOnlySpan<byte> code)
    {
        code.CopyTo(_code.Bytes);
        Vcpu.Registers = UserRegisters;
        Vcpu.TakeRegisters();
    }

    /// <summary>The same at once: KVM must know where a vCPU stands when it is told to step it.
    /// </summary>
    public void LoadDirectly(ReadOnlySpan<byte> code)
    {
        code.CopyTo(_code.Bytes);
        Vcpu.Raw.WriteRegisters(UserRegisters);
    }

    /// <summary>The same in kernel mode, from another page of the same memory.</summary>
    public void LoadSupervisor(ReadOnlySpan<byte> code)
    {
        // The stack page of the second vCPU, which there is not.
        int at = (SupervisorLayout.Vcpus + 1) << GuestPage.Shift;
        code.CopyTo(_supervisor.Bytes[at..]);
        KvmSystemRegisters system = Vcpu.Raw.ReadSystemRegisters();
        SupervisorState.EnterSupervisor(ref system);
        Vcpu.Raw.WriteSystemRegisters(system);
        Vcpu.Raw.WriteRegisters(new KvmRegisters
        {
            Rip = SupervisorLayout.Virtual + (ulong)at,
            Rsp = SupervisorLayout.Virtual + (ulong)SupervisorLayout.StackTop(0),
            Rflags = 2,
        });
    }

    private static KvmRegisters UserRegisters => new()
    {
        Rip = Code,
        Rsp = Code + GuestPage.SizeBytes,
        Rflags = UserFlags,
    };

    public void Dispose()
    {
        Vcpu.Dispose();
        _machine.Dispose();
        _code.Dispose();
        _supervisor.Dispose();
    }

    private static KvmMemoryRegion Region(int slot, ulong physical, KvmMemory memory) => new()
    {
        Slot = (uint)slot,
        GuestPhysical = physical,
        SizeBytes = (ulong)memory.SizeBytes,
        HostAddress = memory.HostAddress,
    };
}
