using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A request behind the cut whose time is final and whose answer is due, as a peer
/// reports it.</summary>
public readonly record struct OpenRequest(
    MemoryRequest Request, IssueTicket Ticket, uint Cycles);
