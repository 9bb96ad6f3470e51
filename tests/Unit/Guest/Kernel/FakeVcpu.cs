using Dilaton.Core;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>A vCPU that holds registers and runs nothing.</summary>
internal sealed class FakeVcpu(int index) : IVcpu
{
    private readonly byte[] _state = new byte[Core.ExtendedState.SizeBytes];
    private GuestRegisters _registers;

    public VcpuId Id => new(index);

    public ref GuestRegisters Registers => ref _registers;

    public Span<byte> ExtendedState => _state;

    public bool IsIdle { get; set; } = true;

    public VirtualTime PreemptAt { get; set; } = VirtualTime.MaxValue;

    public IGuestAddressSpace? Space { get; private set; }

    public void Enter(IGuestAddressSpace space) => Space = space;

    public VcpuExit Run(uint budgetUnits) => throw new NotSupportedException();

    public VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes) =>
        throw new NotSupportedException();

    public bool TryFindSpin(int instructionsMax, out SpinIteration iteration) =>
        throw new NotSupportedException();

    public void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines)
    {
    }

    public void FlushFilter()
    {
    }
}
