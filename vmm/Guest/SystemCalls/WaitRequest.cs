using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a blocked thread waits for: any of the queues, or the deadline.</summary>
/// <param name="Queues">Queues it is put on, in this order; may be empty for a plain sleep.</param>
/// <param name="Deadline">Virtual time at which it wakes anyway; null waits for ever.</param>
/// <param name="Description">For the deadlock report, such as <c>futex 0x5000</c>.</param>
internal sealed record WaitRequest(
    IReadOnlyList<WaitQueue> Queues, VirtualTime? Deadline, string Description)
{
    /// <summary>What the call gives when a signal ends the wait: negated ERESTARTSYS or
    /// ERESTARTNOHAND.</summary>
    public int WhenInterrupted { get; init; } = -Errno.ERESTARTSYS;

    /// <summary>A process that goes on after it was stopped asks anew: it may not be allowed to wait
    /// for this any more.</summary>
    public bool IsRecheckedOnContinue { get; init; }

    /// <summary>Signals wait until it is over.</summary>
    public bool IsUninterruptible { get; init; }
}
