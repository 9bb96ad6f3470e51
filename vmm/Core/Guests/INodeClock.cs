namespace Dilaton.Core;

/// <summary>A node's clock as its kernel sees it.</summary>
public interface INodeClock
{
    /// <summary>Virtual time of the act in progress: the system call, fault or event.</summary>
    VirtualTime Now { get; }
}
