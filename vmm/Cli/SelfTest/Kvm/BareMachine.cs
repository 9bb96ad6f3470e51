using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>A virtual machine of 64 KiB whose vCPUs run a few instructions of 16-bit code in real mode
/// (Intel SDM vol. 3B, "Real-Address Mode"): no tables are needed, so what a case finds is KVM's.
/// <code>
///   0x00000  memory; code of vCPU n at 0x1000 x (n + 1)      0xD0000  nothing: where DS points to
/// </code></summary>
internal sealed class BareMachine : IDisposable
{
    /// <summary>An access to DS:offset leaves the guest with this address plus the offset.</summary>
    public const ulong DeviceAt = 0xD_0000;

    public const int MemoryBytes = 0x1_0000;
    public const int PageBytes = 0x1000;

    private const uint LogsWrites = 1;
    private const ulong TssAt = 0xFFFB_D000;
    private const ulong FlagsReserved = 2;

    private readonly KvmMemory _memory = new(MemoryBytes);
    private readonly KvmMachine _machine;
    private readonly KvmVcpu[] _vcpus;

    public BareMachine(KvmDevice device, int vcpus = 1, bool logsWrites = false)
    {
        _machine = device.CreateMachine();
        _machine.SetTssAddress(TssAt);
        _machine.SetMemory(new KvmMemoryRegion
        {
            SizeBytes = MemoryBytes,
            HostAddress = _memory.HostAddress,
            Flags = logsWrites ? LogsWrites : 0,
        });
        _vcpus = new KvmVcpu[vcpus];
        for (int i = 0; i < vcpus; i++)
        {
            _vcpus[i] = _machine.CreateVcpu(i);
        }
    }

    public KvmVcpu this[int vcpu] => _vcpus[vcpu];

    public KvmMachine Machine => _machine;

    public static int CodeOf(int vcpu) => PageBytes * (vcpu + 1);

    /// <summary>Puts code where a vCPU will run it, and the vCPU at its start.</summary>
    public void Load(int vcpu, params ReadOnlySpan<byte> code)
    {
        code.CopyTo(_memory.Bytes[CodeOf(vcpu)..]);
        KvmVcpu to = _vcpus[vcpu];
        KvmSystemRegisters system = to.ReadSystemRegisters();
        system.Cs.Base = 0;
        system.Cs.Selector = 0;
        system.Ds.Base = DeviceAt;
        system.Ds.Selector = (ushort)(DeviceAt >> 4);
        to.WriteSystemRegisters(system);
        to.WriteRegisters(new KvmRegisters { Rip = (ulong)CodeOf(vcpu), Rflags = FlagsReserved });
        to.Shown = KvmSync.Registers;
    }

    public void Dispose()
    {
        foreach (KvmVcpu vcpu in _vcpus)
        {
            vcpu.Dispose();
        }

        _machine.Dispose();
        _memory.Dispose();
    }
}
