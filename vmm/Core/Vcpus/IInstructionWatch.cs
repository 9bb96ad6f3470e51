namespace Dilaton.Core;

/// <summary>Looks at a guest between two of its instructions: a debugger. Called on the node's thread.
/// What it takes is host time, which shows nowhere.</summary>
public interface IInstructionWatch
{
    /// <summary>There is an address for <see cref="IsStop"/>.</summary>
    bool HasStops { get; }

    /// <summary>Counts changes of the addresses.</summary>
    ulong Version { get; }

    /// <summary>Counts calls of <see cref="Before"/>.</summary>
    ulong Looks { get; }

    /// <summary>Every vCPU calls <see cref="Before"/> before it runs the instruction there. HOT: per
    /// block that is made.</summary>
    bool IsStop(ulong address);

    /// <summary>The vCPU calls <see cref="Before"/> before its every instruction. HOT: per entry of
    /// translated code.</summary>
    bool WatchesAll(VcpuId vcpu);

    /// <summary>The instruction at rip is next. May change the vCPU's state, and the guest's memory.
    /// </summary>
    /// <param name="instructions">Run since the vCPU was entered.</param>
    /// <param name="units">Cost units spent since.</param>
    void Before(VcpuId vcpu, ulong instructions, ulong units);

    /// <summary>Nothing will ever happen on the node any more.</summary>
    void Stuck();
}
