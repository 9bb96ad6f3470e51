using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Tests.Bench;

/// <summary>A process of one page of code under our KVM engine, with one vCPU.</summary>
internal sealed class KvmProcess : IGuestAddressSpace, IDisposable
{
    public const ulong Code = 0x40_0000;

    private readonly GuestPlace _place;
    private readonly GuestMemory _memory;
    private readonly KvmProgramEngine _engine;

    public KvmProcess(ReadOnlySpan<byte> code, KvmReport host)
    {
        _place = GuestPlace.Reserve(
            0, [new GuestRegion(GuestLayout.LowestAddress, GuestLayout.EngineStart)]);
        _memory = GuestMemory.Create(_place);
        _memory.BecomeResident();
        _memory.Map(Code, GuestPage.SizeBytes, HostProtection.ReadWrite);
        code.CopyTo(_memory.Span(Code, code.Length));
        _engine = new KvmProgramEngine(new KvmEngineOptions { VcpuCount = 1, Host = host }, this);
        Vcpu.Registers = new GuestRegisters
        {
            Rip = Code,
            Rsp = Code + GuestPage.SizeBytes,
            Rflags = 0x202,
        };
    }

    public IVcpu Vcpu => _engine.Vcpus[0];

    /// <summary>Runs to the next system call.</summary>
    public void RunToCall(uint slice)
    {
        VcpuExit exit;
        do
        {
            exit = Vcpu.Run(slice);
        }
        while (exit.Reason == ExitReason.BudgetExhausted);

        Invariant.Require(exit.Reason == ExitReason.SystemCall);
    }

    public bool TryFindPages(ulong address, out GuestPageRun pages)
    {
        pages = new GuestPageRun(Code, Code + GuestPage.SizeBytes, true, true, true);
        return address is >= Code and < Code + GuestPage.SizeBytes;
    }

    public int FetchCode(ulong address, Span<byte> destination) => 0;

    public GuestPhysicalAddress Translate(GuestVirtualAddress address) => new(address.Value);

    public void WatchCode(ulong pageAddress) =>
        throw new InvalidOperationException("KVM translates no code");

    public void Observe(ICodeObserver observer)
    {
    }

    public void Dispose()
    {
        _engine.Dispose();
        _memory.Dispose();
        _place.Dispose();
    }
}
