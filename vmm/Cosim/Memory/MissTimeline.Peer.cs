using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A timeline whose true issue engine runs in a peer; ours is a copy of it as of the last
/// report.</summary>
internal sealed partial class MissTimeline
{
    /// <summary>Lines that left caches behind the cut, since the filter was last told.</summary>
    public List<GuestPhysicalAddress> DroppedByPeer { get; } = [];

    private readonly Queue<ulong> _sentThrough = new();
    private ulong _issued;
    private int _repeats;

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
        Check(report, _sentThrough.Dequeue());
        DroppedByPeer.AddRange(report.Dropped);
        if (_repeats > 0)
        {
            // It was sent before ours went on alone, which it did since all was answered.
            _repeats--;
            Require(report.Issued == 0 && report.Open.Count == 0, "answers what it has answered");
            return;
        }

        int first = _head;
        _issued += (ulong)report.Issued;
        _head += report.Issued;
        if (_head == _tail)
        {
            _head = 0;
            _tail = 0;
            _sent = 0;
        }

        _open.RemoveFirst(_open.Count);
        foreach (OpenRequest open in report.Open)
        {
            _open.Add(open.Request, new OpenTicket(open.Ticket, open.Cycles, _minCycles));
        }

        _true.Load(report.State);
        TellCauses(first, report.Issued);
        _reached = reached;
        _isStale = true;
    }

    /// <summary>A peer tells its stall as one sum: what was answered in front of the cut is known here.</summary>
    private void TellCauses(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            ref readonly PendingMiss miss = ref _pending[i];
            if (!miss.BehindCut && IssueEngine.Blocks(miss.IssueKind))
            {
                StallCause cause = miss.IssueKind == MemoryEventKind.Fetch ? StallCause.Fetch : miss.Cause;
                _true.Stack.Move(StallCause.Memory, cause, _true.StallOf(miss.IssueKind, miss.Cycles));
            }
        }
    }

    private void Check(VcpuReport report, ulong sentThrough)
    {
        Require(
            report.Issued >= 0 && (ulong)report.Issued <= sentThrough - _issued,
            "issued what was not sent");
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
            throw new PeerFaultException($"{what} ({Vcpu})");
        }
    }
}
