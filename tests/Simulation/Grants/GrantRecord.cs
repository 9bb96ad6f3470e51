using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>A record of the abstract model; once it has issued, a request.</summary>
internal sealed class GrantRecord(ulong position, MemoryEventKind kind, bool isBehindCut)
{
    /// <summary>Known in front of the cut, in cycles of one unit and one picosecond.</summary>
    public const uint Cycles = 1;

    public ulong Position => position;

    public MemoryEventKind IssueKind => kind == MemoryEventKind.Writeback
        ? MemoryEventKind.Flush
        : kind;

    public bool IsBehindCut => isBehindCut;

    public IssueTicket Ticket { get; set; }

    public ulong At { get; set; }

    /// <summary>Cycles from its issue until it passes the cut, what it waits for included.</summary>
    public ulong Known { get; set; }

    /// <summary>When its answer comes; set when the peer's memory saw it.</summary>
    public ulong? Done { get; set; }

    public ulong Next => Done ?? At;
}
