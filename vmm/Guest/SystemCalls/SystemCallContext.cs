using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a system call handler has at hand.</summary>
internal abstract class SystemCallContext
{
    public abstract IUserMemory Memory { get; }

    /// <summary>Virtual time of the call.</summary>
    public abstract VirtualTime Now { get; }

    /// <summary>Virtual time at which the thread entered the call: stays the same when the handler
    /// runs again, so that a relative time-out is counted from here.</summary>
    public virtual VirtualTime EnteredAt => Now;

    /// <summary>True when the handler runs again after its thread waited.</summary>
    public abstract bool IsRetry { get; }

    /// <summary>True when it runs again because its deadline passed.</summary>
    public abstract bool TimedOut { get; }

    /// <summary>True when it runs again because a signal is to be delivered. A handler that would
    /// wait still gives what it has done so far, or asks to wait as before.</summary>
    public virtual bool IsInterrupted => false;

    public abstract int ProcessId { get; }

    public abstract int ThreadId { get; }

    /// <summary>Set by a handler whose work is of another class than its call's entry says, such
    /// as read on a socket.</summary>
    public KernelCostClass? ActualCost { get; set; }

    /// <summary>Arguments 0 to 5, from rdi, rsi, rdx, r10, r8, r9.</summary>
    public abstract ulong Argument(int index);

    /// <summary>Lets the thread wait with another signal mask, until the call ends or a handler
    /// returns. Called when the handler runs for the first time.</summary>
    /// <param name="address">Of the mask; 0 changes nothing.</param>
    /// <returns>0, EINVAL or EFAULT.</returns>
    public virtual int ReplaceSignalMask(ulong address, ulong sizeBytes) => 0;

    /// <summary>An argument that C declares as int.</summary>
    public int Int32Argument(int index) => unchecked((int)Argument(index));
}
