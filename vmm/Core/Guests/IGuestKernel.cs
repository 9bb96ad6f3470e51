namespace Dilaton.Core;

/// <summary>The personality of a node: what stands in for an operating system. Called on the
/// node's one thread, each time with <see cref="INodeClock.Now"/> set to the time of the act.
/// </summary>
public interface IGuestKernel
{
    /// <summary>Set once the node has ended; nothing runs any more.</summary>
    GuestExit? Exit { get; }

    /// <summary>After <see cref="Exit"/> the node's network interface takes frames still, and what is of its
    /// network (<see cref="INodeEvent.OutlivesGuest"/>) happens still.</summary>
    bool StaysUp => false;

    /// <summary>Loads the next thread of the vCPU into it.</summary>
    /// <returns>False if there is none: the vCPU is idle until woken.</returns>
    bool Dispatch(IVcpu vcpu, out KernelCharge charge);

    /// <summary>Performs the system call in the vCPU's registers.</summary>
    KernelOutcome SystemCall(IVcpu vcpu);

    /// <summary>Handles a fault of the running thread.</summary>
    KernelOutcome Fault(IVcpu vcpu, in VcpuExit exit);

    /// <summary>The vCPU's running thread has used its turn.</summary>
    KernelOutcome Preempt(IVcpu vcpu);

    /// <summary>The vCPU <paramref name="one"/> is about to run, at <paramref name="now"/> on its own
    /// clock. HOT: per slice.</summary>
    /// <returns>True if until its next exit it sees nothing of what <paramref name="other"/> stores,
    /// nor the reverse, wherever their clocks are.</returns>
    bool MayRunAhead(VcpuId one, VcpuId other, VirtualTime now) => false;

    /// <summary>Human-readable lines on who waits for what, for a deadlock or a stopped run.
    /// </summary>
    IReadOnlyList<string> DescribeThreads();
}
