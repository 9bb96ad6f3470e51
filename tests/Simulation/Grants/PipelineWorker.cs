using System.Text;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>A vCPU of the pipelined model as its worker knows it: what it was charged, and what the
/// reports that were applied say. Letters as <see cref="GrantLane"/>'s, and M: acts with all stall
/// before it known.</summary>
internal sealed class PipelineWorker(int id, string program)
{
    private readonly IssueEngine _known = new(PipelinePeer.Parameters);
    private readonly IssueEngine _bound = new(PipelinePeer.Parameters);
    private readonly List<GrantRecord> _pending = [];
    private readonly Queue<int> _sentThrough = new();
    private (IssueTicket Ticket, ulong At)[] _open = [];
    private int _at;
    private int _issued;
    private int _sent;
    private int _repeats;
    private bool _hasGoneOn;

    public int Id => id;

    public ulong Position { get; set; }

    public bool IsIdle { get; set; }

    public bool IsHeld { get; set; }

    public bool IsDone => _at > program.Length;

    public char Item => _at < program.Length ? program[_at] : 'E';

    public bool Acts => Item is 'A' or 'K' or 'I' or 'Z' or 'E' or 'M';

    /// <summary>V as it is charged.</summary>
    public ulong Now => Position + _bound.StallUnits;

    public bool HasUnanswered => _open.Length > 0 || _pending.Count > 0;

    public bool HasUnsent => _sent < _pending.Count;

    public bool Waits => _known.WaitsBefore(
        _pending.Count > 0 ? _pending[0].IssueKind : MemoryEventKind.Flush);

    public void Pass() => _at++;

    /// <summary>Runs the next item, which does not act.</summary>
    public void Run()
    {
        char item = program[_at++];
        if (item != 'r')
        {
            Add(new GrantRecord(
                Position,
                item is 'S' ? MemoryEventKind.Store
                    : item is 'W' ? MemoryEventKind.Writeback : MemoryEventKind.Load,
                item != 'l'));
        }

        Position += item is 'W' or 'D' ? 0UL : 1UL;
    }

    public (IssueEngine? State, GrantRecord[] Records) Send()
    {
        IssueEngine? state = null;
        if (_hasGoneOn)
        {
            state = new IssueEngine(PipelinePeer.Parameters);
            state.CopyFrom(_known);
            _hasGoneOn = false;
        }

        GrantRecord[] records = [.. _pending.Skip(_sent)];
        _sent = _pending.Count;
        _sentThrough.Enqueue(_issued + _sent);
        return (state, records);
    }

    public void Take(PipelineReport report, ulong reached)
    {
        int sentThrough = _sentThrough.Dequeue();
        GrantModel.Require(_issued + report.Issued <= sentThrough, "issued what was not sent");
        if (_repeats > 0)
        {
            _repeats--;
            GrantModel.Require(
                report.Issued == 0 && report.Open.Length == 0, "news where there are none");
            return;
        }

        ulong before = Now;
        _issued += report.Issued;
        _sent -= report.Issued;
        _pending.RemoveRange(0, report.Issued);
        _open = report.Open;
        GrantModel.Require(report.State.StallUnits >= _known.StallUnits, "stall is taken back");
        _known.CopyFrom(report.State);
        _bound.CopyFrom(report.State);
        foreach ((IssueTicket ticket, ulong at) in _open)
        {
            ulong passed = reached > at ? reached - at : 0;
            _bound.Answer(ticket, GrantRecord.Cycles + Math.Max(GrantLane.MinLatency, passed));
        }

        foreach (GrantRecord record in _pending)
        {
            Charge(_bound, record);
        }

        GrantModel.Require(Now >= before, "a vCPU's time goes back");
    }

    public void AppendState(StringBuilder text)
    {
        text.Append(_at).Append(' ').Append(Position).Append(IsIdle ? 'i' : ' ')
            .Append(IsHeld ? 'h' : ' ').Append(_sent).Append(_hasGoneOn ? 'g' : ' ')
            .Append(_repeats);
        PipelinePeer.Append(text, _known);
        PipelinePeer.Append(text, _bound);
        text.AppendJoin(' ', _pending.Select(r => r.Position))
            .AppendJoin(' ', _sentThrough.Select(s => s - _issued))
            .AppendJoin(' ', _open.Select(o => o.At));
    }

    private void Add(GrantRecord record)
    {
        Charge(_bound, record);
        if (!HasUnanswered && !record.IsBehindCut)
        {
            Charge(_known, record);
            _hasGoneOn = true;
            _repeats = _sentThrough.Count;
            return;
        }

        _pending.Add(record);
    }

    private static void Charge(IssueEngine engine, GrantRecord record)
    {
        GrantModel.Require(
            engine.TryIssue(record.Position, record.IssueKind, out IssueTicket ticket),
            "the bound engine waits");
        engine.Answer(
            ticket, GrantRecord.Cycles + (record.IsBehindCut ? GrantLane.MinLatency : 0));
    }
}
