using System.Text;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>A vCPU of the abstract model: a program of letters, the worker's view of its time and
/// the peer's.
/// r: one cycle; L, S: a load, a store behind the cut, a cycle each; l: a load in front of it;
/// W: a line that the next access writes back, D: that it needs too; A: acts; K: acts and wakes all
/// that wait; I: waits to be woken; Z: sleeps.</summary>
internal sealed class GrantLane(int id, string program)
{
    public const uint MinLatency = 2;

    private static readonly IssueParameters s_parameters =
        new() { LoadHitCycles = 1, StoreBufferEntries = 1, UnitsPerCycle = 1 };

    private readonly IssueEngine _known = new(s_parameters);
    private readonly IssueEngine _bound = new(s_parameters);
    private readonly Queue<GrantRecord> _records = new();
    private readonly IssueState _state = new(1);
    private int _at;
    private int _unsent;
    private bool _hasGoneOn;
    private ulong _answerFloor;

    public int Id => id;

    public ulong Position { get; set; }

    public bool IsIdle { get; set; }

    public bool IsHeld { get; set; }

    public bool IsDone => _at > program.Length;

    /// <summary>What comes next; an end acts too.</summary>
    public char Item => _at < program.Length ? program[_at] : 'E';

    public bool Acts => Item is 'A' or 'K' or 'I' or 'Z' or 'E';

    /// <summary>The peer's issue engine.</summary>
    public IssueEngine Engine { get; } = new(s_parameters);

    public List<GrantRecord> Open { get; } = [];

    /// <summary>V as the worker charges it.</summary>
    public ulong Now => Position + _bound.StallUnits;

    public bool HasUnanswered => Open.Count > 0 || _records.Count > 0;

    public bool HasUnsent => _unsent > 0;

    public bool Waits => _known.WaitsBefore(
        _records.TryPeek(out GrantRecord? next) ? next.IssueKind : MemoryEventKind.Flush);

    public bool WaitsInPeer => Engine.WaitsBefore(
        _records.TryPeek(out GrantRecord? next) ? next.IssueKind : MemoryEventKind.Flush);

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

        // The L1 hit's cycle of an access is part of the program's own time.
        Position += item is 'W' or 'D' ? 0UL : 1UL;
    }

    /// <summary>The peer gets what it does not have.</summary>
    public void Send()
    {
        if (_hasGoneOn)
        {
            Engine.CopyFrom(_known);
            _hasGoneOn = false;
        }

        _unsent = 0;
    }

    /// <summary>The peer issues as far as times are known: section 4.1.</summary>
    public void Issue()
    {
        while (_records.TryPeek(out GrantRecord? record)
            && Engine.TryIssue(record.Position, record.IssueKind, out IssueTicket ticket))
        {
            _records.Dequeue();
            if (!record.IsBehindCut)
            {
                Engine.Answer(ticket, GrantRecord.Cycles);
                continue;
            }

            record.Ticket = ticket;
            record.At = Math.Max(_answerFloor, ticket.AtUnits + GrantRecord.Cycles);
            record.Known = record.At - ticket.AtUnits;
            Open.Add(record);
        }
    }

    public void Answer(GrantRecord request)
    {
        Open.Remove(request);
        Engine.Answer(request.Ticket, request.Known + request.Done!.Value - request.At);
        if (IssueEngine.Blocks(request.Ticket.Kind))
        {
            _answerFloor = request.Done.Value;
        }
    }

    /// <summary>Where the peer must stop since a record could be made there; null: nowhere.
    /// </summary>
    public ulong? Floor => IsIdle || _records.Count > 0 || WaitsInPeer
        ? null
        : Math.Max(_answerFloor, Position + Engine.StallUnits);

    public bool WaitsSinceBefore(ulong end) => WaitsInPeer && Open.Exists(o =>
        o.At < end && o.IssueKind is MemoryEventKind.Load or MemoryEventKind.Store);

    /// <summary>The worker goes on from the peer's report.</summary>
    public void Take(ulong reached)
    {
        ulong before = Now;
        _known.CopyFrom(Engine);
        _bound.CopyFrom(Engine);
        foreach (GrantRecord open in Open)
        {
            ulong passed = reached > open.At ? reached - open.At : 0;
            _bound.Answer(open.Ticket, open.Known + Math.Max(MinLatency, passed));
        }

        foreach (GrantRecord record in _records)
        {
            Charge(_bound, record);
        }

        GrantModel.Require(Now >= before, "a vCPU's time goes back");
    }

    /// <summary>All that what happens next depends on.</summary>
    public void AppendState(StringBuilder text)
    {
        text.Append(_at).Append(' ').Append(Position).Append(IsIdle ? 'i' : ' ')
            .Append(IsHeld ? 'h' : ' ').Append(_unsent).Append(_hasGoneOn ? 'g' : ' ')
            .Append(_answerFloor);
        foreach (IssueEngine engine in new[] { Engine, _known, _bound })
        {
            engine.Save(_state);
            text.Append(' ').Append(_state.StallUnits).Append(_state.IsBlocked ? 'b' : ' ')
                .Append(_state.StoreDone[0]);
        }

        foreach (GrantRecord record in _records)
        {
            text.Append(' ').Append(record.Position);
        }

        foreach (GrantRecord open in Open)
        {
            text.Append(' ').Append(open.IssueKind).Append(open.Ticket.AtUnits).Append('@')
                .Append(open.At).Append('+').Append(open.Known).Append('-').Append(open.Done);
        }
    }

    private void Add(GrantRecord record)
    {
        Charge(_bound, record);
        if (!HasUnanswered && !record.IsBehindCut)
        {
            Charge(_known, record);
            _hasGoneOn = true;
            return;
        }

        _records.Enqueue(record);
        _unsent++;
    }

    private static void Charge(IssueEngine engine, GrantRecord record)
    {
        GrantModel.Require(
            engine.TryIssue(record.Position, record.IssueKind, out IssueTicket ticket),
            "the bound engine waits");
        engine.Answer(ticket, GrantRecord.Cycles + (record.IsBehindCut ? MinLatency : 0));
    }
}
