namespace Dilaton.Core;

/// <summary>What a vCPU does after a kernel entry.</summary>
public enum KernelAction
{
    /// <summary>The same thread goes on.</summary>
    Resume,

    /// <summary>The thread blocked, yielded or ended: dispatch another.</summary>
    Reschedule,

    /// <summary>The node has ended; see <see cref="IGuestKernel.Exit"/>.</summary>
    NodeEnded,
}
