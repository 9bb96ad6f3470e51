namespace Dilaton.Core;

/// <summary>A node's clock as its kernel sees it.</summary>
public interface INodeClock
{
    /// <summary>Virtual time of the act in progress: the system call, fault or event.</summary>
    VirtualTime Now { get; }

    /// <summary>When kernel work of this cost is done that began with the act in progress: by the
    /// clock of the vCPU that acts or, in an event, which is nobody's, from <see cref="Now"/> on. A
    /// clock that charges nothing stays where it is.</summary>
    VirtualTime After(KernelCharge charge) => Now;
}
