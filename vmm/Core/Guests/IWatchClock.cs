namespace Dilaton.Core;

/// <summary>A node's clocks as an <see cref="IInstructionWatch"/> sees them.</summary>
public interface IWatchClock
{
    /// <summary>The clocks of the node's vCPUs lack stall that is known only later: of what a slice in
    /// progress has missed, or of what is not timed yet.</summary>
    bool LacksStall { get; }

    /// <summary>The vCPU's clock.</summary>
    /// <param name="units">Spent since the vCPU was entered; 0 if it does not run.</param>
    VirtualTime TimeOf(VcpuId vcpu, ulong units);

    /// <summary>Retired by the vCPU before it was entered.</summary>
    ulong InstructionsOf(VcpuId vcpu);

    /// <summary>Registers or memory of the guest were changed: what a vCPU was found to repeat, it may
    /// repeat no more.</summary>
    void Edited();
}
