using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A timeline whose true issue engine runs in a peer; ours is a copy of it as of the last
/// report. With `inorder` the report has the peer's state, which replaces ours; with `interval` it has the
/// answers, ours hears them in their order, and must then be in the peer's state.</summary>
internal sealed partial class MissTimeline
{
    /// <summary>Lines that left caches behind the cut, since the filter was last told.</summary>
    public List<GuestPhysicalAddress> DroppedByPeer { get; } = [];

    private readonly Queue<ulong> _sentThrough = new();
    private ulong _issued;
    private int _repeats;
    private IssueState? _replayed;

    public bool HasUnsent => _sent < _tail;

    /// <summary>Puts what the peer does not know yet into its batch; it counts as sent.</summary>
    public void Give(VcpuBatch batch)
    {
        batch.HasState = _hasGoneOn;
        if (_hasGoneOn)
        {
            _true.Save(batch.State);
            _hasGoneOn = false;
        }

        batch.Misses = _pending.AsMemory(_sent, _tail - _sent);
        _sent = _tail;
        _sentThrough.Enqueue(_issued + (ulong)(_sent - _head));
    }

    /// <summary>Goes on from what the peer reports.</summary>
    /// <exception cref="PeerFaultException">It contradicts itself, or what was sent.</exception>
    public void Take(VcpuReport report, VirtualTime reached)
    {
        ulong through = _sentThrough.Dequeue();
        Check(report, through);
        DroppedByPeer.AddRange(report.Dropped);
        if (_repeats > 0)
        {
            // It was sent before ours went on alone, which it did since all was answered.
            _repeats--;
            Require(
                report.Issued == 0 && report.Open.Count == 0 && report.Answers.Count == 0,
                "answers what it has answered");
            return;
        }

        if (IsOutOfOrder)
        {
            Replay(report, through);
        }
        else
        {
            Adopt(report);
        }

        ForgetIssued();
        _reached = reached;
        _isStale = true;
    }

    private void Adopt(VcpuReport report)
    {
        int first = _head;
        _issued += (ulong)report.Issued;
        _head += report.Issued;
        _open.RemoveFirst(_open.Count);
        foreach (OpenRequest open in report.Open)
        {
            _open.Add(open.Request, new OpenTicket(open.Ticket, open.Cycles, _minCycles));
        }

        _true.Load(report.State);
        TellCauses(first, report.Issued);
    }

    /// <summary>Does what the peer did with the records that it had. As the order of answers does not show
    /// (docs/time.md, 5.7), the same records and answers make the same state.</summary>
    /// <param name="through">Records sent when the interval was.</param>
    private void Replay(VcpuReport report, ulong through)
    {
        ulong before = _issued;
        try
        {
            IssueThrough(through);
            foreach (PeerAnswer answer in report.Answers)
            {
                Hear(answer);
                IssueThrough(through);
            }
        }
        catch (OverflowException e)
        {
            throw new PeerFaultException($"answers at a time beyond 64 bits ({Vcpu})", e);
        }

        if (_issued - before != (ulong)report.Issued)
        {
            throw Fault($"issued {report.Issued} records, but {_issued - before} by its answers");
        }

        _replayed ??= _true.NewState();
        _true.Save(_replayed);
        Require(_replayed.IsSameAs(report.State), "has an issue engine in a state that is not that of its answers");
    }

    private void IssueThrough(ulong number) => IssueBefore(_head + (int)(number - _issued));

    private void Hear(in PeerAnswer answer)
    {
        int index = _open.IndexOf(answer.Record);
        if (index < 0)
        {
            throw Fault($"answers record {answer.Record}, which is not on its way");
        }

        VirtualTime at = _open.All[index].At;
        if (_clock.Frequency.CyclesCovering(answer.Latency) < _open.Tickets[index].MinCycles
            || at + answer.Latency < _reached)
        {
            throw Fault($"answers record {answer.Record} sooner than it promised");
        }

        AnswerAt(index, answer.Latency);
        _open.RemoveAt(index);
    }

    /// <summary>A peer tells its stall as one sum: what was answered in front of the cut is known here.</summary>
    private void TellCauses(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            ref readonly PendingMiss miss = ref _pending[i];
            if (!miss.BehindCut && IssueEngine.Blocks(miss.IssueKind))
            {
                StallCause cause = IssueEngine.CauseOf(miss.IssueKind, miss.Cause);
                _true.Stack.Move(StallCause.Memory, cause, _true.StallOf(miss.IssueKind, miss.Cycles));
            }
        }
    }

    private void Check(VcpuReport report, ulong sentThrough)
    {
        Require(
            report.Issued >= 0 && (ulong)report.Issued <= sentThrough - _issued,
            "issued what was not sent");
        if (!IsOutOfOrder)
        {
            CheckOpen(report);
        }
    }

    private void CheckOpen(VcpuReport report)
    {
        IssueState state = report.State;
        Require(
            state.NextEntry >= 0 && state.NextEntry < state.StoreDone.Length,
            "names a store buffer entry that is not there");
        int blocking = 0;
        int stores = 0;
        foreach (OpenRequest open in report.Open)
        {
            if (IssueEngine.Blocks(open.Ticket.Kind))
            {
                blocking++;
            }
            else if (open.Ticket.Kind == MemoryEventKind.Store)
            {
                stores++;
                Require(
                    open.Ticket.Entry >= 0 && open.Ticket.Entry < state.StoreDone.Length
                        && state.StoreDone[open.Ticket.Entry] == IssueState.Unanswered,
                    "has a store open whose buffer entry is not");
            }
        }

        int unanswered = 0;
        foreach (ulong done in state.StoreDone)
        {
            unanswered += done == IssueState.Unanswered ? 1 : 0;
        }

        Require(blocking == (state.IsBlocked ? 1 : 0), "disagrees with itself on who waits");
        Require(stores == unanswered, "disagrees with itself on stores");
        Require(_repeats > 0 || state.StallUnits >= _true.StallUnits, "took back stall");
    }

    private void Require(bool ok, string what)
    {
        if (!ok)
        {
            throw Fault(what);
        }
    }

    private PeerFaultException Fault(string what) => new($"{what} ({Vcpu})");
}
