using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What the answer to an open request is for.</summary>
/// <param name="Cycles">Core cycles from the access to the cut.</param>
/// <param name="MinCycles">Least cycles behind the cut that it has been charged.</param>
internal readonly record struct OpenTicket(IssueTicket Ticket, uint Cycles, uint MinCycles)
{
    /// <summary>How many of the vCPU's misses came before it in program order; those that were charged at
    /// once, as nothing was unanswered, do not count.</summary>
    public ulong Number { get; init; }
}
