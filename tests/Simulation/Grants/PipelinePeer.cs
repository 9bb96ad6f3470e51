using System.Text;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>The same vCPU as its peer knows it: docs/protocol.md, 4.1 to 4.3.</summary>
internal sealed class PipelinePeer
{
    private static readonly IssueState s_state = new(1);

    private readonly Queue<GrantRecord> _records = new();
    private readonly IssueEngine _engine = new(Parameters);
    private readonly List<GrantRecord> _open = [];
    private ulong _answerFloor;
    private ulong _floorUnits;
    private bool _isIdle;
    private int _issued;

    public static IssueParameters Parameters { get; } =
        new() { LoadHitCycles = 1, StoreBufferEntries = 1, UnitsPerCycle = 1 };

    /// <summary>The next thing that happens here.</summary>
    public GrantRecord? Next => _open.MinBy(o => o.Next);

    public bool Waits => _engine.WaitsBefore(
        _records.TryPeek(out GrantRecord? next) ? next.IssueKind : MemoryEventKind.Flush);

    /// <summary>Where time must stop since a record could be made there; null: nowhere.</summary>
    public ulong? Floor => _isIdle || _records.Count > 0 || Waits
        ? null
        : Math.Max(_answerFloor, _floorUnits + _engine.StallUnits);

    public bool WaitsSinceBefore(ulong end) => Waits && _open.Exists(o =>
        o.At < end && o.IssueKind is MemoryEventKind.Load or MemoryEventKind.Store);

    public void Begin(
        ulong floorUnits, bool isIdle, IssueEngine? state, IEnumerable<GrantRecord> records)
    {
        _floorUnits = floorUnits;
        _isIdle = isIdle;
        if (state is not null)
        {
            GrantModel.Require(
                _records.Count == 0 && _open.Count == 0, "a state while records are on their way");
            _engine.CopyFrom(state);
        }

        foreach (GrantRecord record in records)
        {
            _records.Enqueue(record);
        }
    }

    public void Issue(ulong reached)
    {
        while (_records.TryPeek(out GrantRecord? record)
            && _engine.TryIssue(record.Position, record.IssueKind, out IssueTicket ticket))
        {
            _records.Dequeue();
            _issued++;
            if (!record.IsBehindCut)
            {
                _engine.Answer(ticket, GrantRecord.Cycles);
                continue;
            }

            record.Ticket = ticket;
            record.At = Math.Max(_answerFloor, ticket.AtUnits + GrantRecord.Cycles);
            GrantModel.Require(
                record.At >= reached, "a record appears where the peer has been");
            _open.Add(record);
        }
    }

    public void Answer(GrantRecord request)
    {
        _open.Remove(request);
        _engine.Answer(request.Ticket, GrantRecord.Cycles + request.Done!.Value - request.At);
        if (IssueEngine.Blocks(request.Ticket.Kind))
        {
            _answerFloor = request.Done.Value;
        }
    }

    public PipelineReport Report()
    {
        var state = new IssueEngine(Parameters);
        state.CopyFrom(_engine);
        int issued = _issued;
        _issued = 0;
        return new PipelineReport(issued, state, [.. _open.Select(o => (o.Ticket, o.At))]);
    }

    public void AppendState(StringBuilder text)
    {
        text.Append(_answerFloor);
        Append(text, _engine);
        text.AppendJoin(' ', _records.Select(r => r.Position));
        foreach (GrantRecord open in _open)
        {
            text.Append(' ').Append(open.IssueKind).Append(open.Ticket.AtUnits).Append('@')
                .Append(open.At).Append('-').Append(open.Done);
        }
    }

    public static void Append(StringBuilder text, IssueEngine engine)
    {
        engine.Save(s_state);
        text.Append(' ').Append(s_state.StallUnits).Append(s_state.IsBlocked ? 'b' : ' ')
            .Append(s_state.StoreDone[0]);
    }
}
