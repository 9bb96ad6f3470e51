using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's misses on their way from bound charge to true latency.
/// <code>
///  slice end ──> pending ──(issue time final)──> open ──(model answers)──> gone
///                  └───────────── bound stall ─────┘       true stall
/// </code>
/// 1. The true issue engine has seen all that is gone or open; the bound one has seen all misses,
///    those without an answer at the least latency that the model allows.
/// 2. What the bound engine shows is what the vCPU's clock is charged. When answers come, it starts
///    again from the true engine; since stall only grows with latency, so does the charge.
/// </summary>
internal sealed partial class MissTimeline
{
    private readonly VcpuClock _clock;
    private readonly IssueEngine _true;
    private readonly IssueEngine _bound;
    private readonly bool _hasModel;
    private uint _minCycles;
    private VirtualDuration _minLatency;
    private readonly ulong _unitsPerCycle;
    private readonly OpenRequests _open = new();
    private PendingMiss[] _pending = new PendingMiss[1024];
    private int _head;
    private int _tail;
    private uint _sequence;
    private VirtualTime _answerFloor;
    private VirtualDuration _lastLatency;
    private ulong _lastCycles;
    private readonly List<ParkedMiss> _parked = [];
    private bool _isStale;
    private int _sent;
    private bool _hasGoneOn;
    private VirtualTime _reached;

    /// <param name="minLatency">Least latency behind the cut; null: nothing lies behind it.</param>
    public MissTimeline(
        VcpuId vcpu, VcpuClock clock, IssueParameters parameters, VirtualDuration? minLatency)
    {
        Vcpu = vcpu;
        _clock = clock;
        _true = new IssueEngine(parameters);
        _bound = new IssueEngine(parameters);
        _unitsPerCycle = parameters.UnitsPerCycle;
        _hasModel = minLatency is not null;
        ChangeRates(minLatency);
    }

    public VcpuId Vcpu { get; }

    /// <summary>What the vCPU is charged for its misses so far.</summary>
    public ulong StallUnits => _bound.StallUnits;

    /// <summary>The same by cause.</summary>
    public StallStack Stack => _bound.Stack;

    public OpenRequests Open => _open;

    public bool HasUnanswered => _open.Count > 0 || _head < _tail || _parked.Count > 0;

    /// <summary>Misses overlap, and an act waits for them.</summary>
    public bool IsOutOfOrder => _true.IsOutOfOrder;

    /// <summary>The core stands until an answer comes that is not known yet.</summary>
    public bool IsWaiting => _head < _tail
        ? AwaitsOpenPrefetch(_pending[_head]) || _true.WaitsBefore(_pending[_head].Issue)
        : _true.WaitsBefore(MemoryEventKind.Flush);

    /// <summary>The clock's frequency or the least latency is another from now on. What has been
    /// charged by the old ones keeps them as its least: no difference is ever negative.</summary>
    public void ChangeRates(VirtualDuration? minLatency)
    {
        _minCycles = minLatency is { } least
            ? checked((uint)_clock.Frequency.CyclesCovering(least))
            : 0;
        _minLatency = minLatency ?? VirtualDuration.Zero;
        (_lastLatency, _lastCycles) = (VirtualDuration.Zero, 0);
    }

    /// <summary>HOT: per miss. Field by field: the copy of a whole value that was just written waits for
    /// its parts.</summary>
    /// <param name="position">As <see cref="PendingMiss.Position"/>; the miss's offset counts from a slice.
    /// </param>
    /// <param name="kind">As <see cref="PendingMiss.IssueKind"/>.</param>
    public void Add(
        in CacheMiss miss,
        ulong position,
        MemoryEventKind kind,
        StallCause cause,
        ulong program,
        ulong producer,
        int origin)
    {
        if (!IsOutOfOrder)
        {
            _bound.Charge(position, kind, miss.Cycles + (miss.BehindCut ? (ulong)_minCycles : 0), cause, origin);
            if (!HasUnanswered && !(miss.BehindCut && _hasModel)
                && !miss.AwaitsPrefetch && miss.Kind != MemoryEventKind.Prefetch)
            {
                _true.Charge(position, kind, miss.Cycles, cause, origin);
                GoOn();
                return;
            }
        }

        if (_tail == _pending.Length)
        {
            MakeRoom();
        }

        ref PendingMiss pending = ref _pending[_tail];
        pending.Position = position;
        pending.Line = miss.Line;
        pending.Cycles = miss.Cycles;
        pending.Kind = miss.Kind;
        pending.IssueKind = kind;
        pending.BehindCut = miss.BehindCut;
        pending.Program = program;
        pending.Producer = producer;
        pending.Cause = cause;
        pending.Origin = origin;
        pending.AwaitsPrefetch = miss.AwaitsPrefetch;
        pending.MinCycles = _minCycles;
        pending.AwaitedCycles = 0;
        if (IsOutOfOrder)
        {
            ChargeBound(pending);
        }

        if (!TryChargeAtOnce(pending))
        {
            _tail++;
        }
    }

    public void Add(in PendingMiss made)
    {
        PendingMiss miss = made with { MinCycles = _minCycles };
        ChargeBound(miss);
        if (TryChargeAtOnce(miss))
        {
            return;
        }

        if (_tail == _pending.Length)
        {
            MakeRoom();
        }

        _pending[_tail++] = miss;
    }

    /// <summary>Charges the true engine a miss that nothing has to be waited for.</summary>
    private bool TryChargeAtOnce(in PendingMiss miss)
    {
        if (HasUnanswered || (miss.BehindCut && _hasModel) || Waits(miss))
        {
            return false;
        }

        _true.Charge(miss.Issue, KnownCycles(miss, miss.Position + _true.StallUnits));
        GoOn();
        return true;
    }

    private void GoOn()
    {
        _hasGoneOn = true;
        _repeats = _sentThrough.Count;
    }

    /// <summary>Issues pending misses in program order as far as their time is known.</summary>
    public void Issue()
    {
        IssueBefore(_tail);
        ForgetIssued();
    }

    /// <summary>Those before this index.</summary>
    private void IssueBefore(int end)
    {
        Release();
        while (_head < end)
        {
            ref PendingMiss miss = ref _pending[_head];
            if (AwaitsOpenPrefetch(miss))
            {
                RaiseBound(ref miss);
                return;
            }

            if (!IsOutOfOrder)
            {
                if (!_true.TryIssue(
                    miss.Position, miss.IssueKind, out ulong atUnits, out int entry, miss.Origin))
                {
                    return;
                }

                Send(miss, atUnits, entry, _issued++);
                _isStale = true;
                _head++;
                continue;
            }

            IssueOutcome outcome = _true.Dispatch(miss.Issue, out IssueTicket ticket);
            if (outcome == IssueOutcome.Blocked)
            {
                return;
            }

            ulong number = _issued++;
            if (outcome == IssueOutcome.Parked)
            {
                _parked.Add(new ParkedMiss(ticket.Order, number, miss));
            }
            else
            {
                Send(miss, ticket, number);
                Release();
            }

            _isStale = true;
            _head++;
        }
    }

    private void ForgetIssued()
    {
        if (_head == _tail)
        {
            _head = 0;
            _tail = 0;
            _sent = 0;
        }
    }

    /// <summary>Tells the answers to the first open requests, which are open no more.</summary>
    public void Answer(ReadOnlySpan<VirtualDuration> latencies)
    {
        for (int i = 0; i < latencies.Length; i++)
        {
            AnswerAt(i, latencies[i]);
        }

        _open.RemoveFirst(latencies.Length);
    }

    /// <summary>Tells the answer to open request <paramref name="index"/>, which stays open until
    /// <see cref="OpenRequests.RemoveFirst"/>.</summary>
    public void AnswerAt(int index, VirtualDuration latency)
    {
        ref readonly OpenTicket open = ref _open.Tickets[index];
        if (latency != _lastLatency)
        {
            _lastLatency = latency;
            _lastCycles = _clock.Frequency.CyclesCovering(latency);
        }

        _true.Answer(
            open.Ticket, checked(open.Cycles + Math.Max(_lastCycles, open.MinCycles)));
        if (!IsOutOfOrder && IssueEngine.Blocks(open.Ticket.Kind))
        {
            _answerFloor = _open.All[index].At + latency;
        }
        else if (open.Ticket.Kind == MemoryEventKind.Prefetch)
        {
            VirtualTime at = _open.All[index].At;
            Prefetched.Answer(_open.All[index].Line, at, at + latency);
        }

        _isStale = true;
    }

    /// <summary>Brings the bound stall up to date with the answers.</summary>
    /// <returns>By how much the charge grew.</returns>
    public ulong Settle()
    {
        if (!_isStale)
        {
            return 0;
        }

        _isStale = false;
        ulong before = _bound.StallUnits;
        _bound.CopyFrom(_true);
        ReadOnlySpan<MemoryRequest> requests = _open.All;
        ReadOnlySpan<OpenTicket> tickets = _open.Tickets;
        for (int i = 0; i < tickets.Length; i++)
        {
            _bound.Answer(tickets[i].Ticket, tickets[i].Cycles + LeastCycles(requests[i].At, tickets[i].MinCycles));
        }

        ReleaseBound();
        for (int i = _head; i < _tail; i++)
        {
            ChargeBound(_pending[i]);
        }

        Invariant.Require(_bound.StallUnits >= before, "a weave difference is negative");
        return _bound.StallUnits - before;
    }

    /// <summary>From now on each stall is told with whose it is, once its answer is known.</summary>
    public void TellStall(IStallSink sink) => _true.Sink = sink;

    /// <summary>Tells what is charged and not answered: then all that is charged has been told. At the end.
    /// </summary>
    public void TellRest(IStallSink sink)
    {
        ulong charged = StallUnits;
        _true.Sink = null;
        _bound.Sink = sink;
        _isStale = true;
        Settle();
        _bound.Sink = null;
        Invariant.Require(StallUnits == charged, "the charge at the end is another");
    }

    /// <summary>A request on its way at <see cref="_reached"/> is not answered sooner.</summary>
    private ulong LeastCycles(VirtualTime at, uint minCycles) => _reached <= at
        ? minCycles
        : Math.Max(minCycles, _clock.Frequency.CyclesCovering(_reached - at));

    private void ChargeBound(in PendingMiss miss)
    {
        if (miss.AwaitedCycles > miss.Cycles)
        {
            _bound.Charge(miss.Issue with { Cause = StallCause.Memory }, miss.AwaitedCycles);
            return;
        }

        ulong behind = miss.BehindCut ? miss.MinCycles : 0;
        _bound.Charge(miss.Issue, miss.Cycles + behind);
    }

    /// <summary>Issues parked misses whose producers are answered.</summary>
    private void Release()
    {
        while (_parked.Count > 0 && _true.TryRelease(out IssueTicket ticket))
        {
            int i = ParkedAt(ticket.Order);
            ParkedMiss parked = _parked[i];
            _parked.RemoveAt(i);
            Send(parked.Miss, ticket, parked.Number);
            _isStale = true;
        }
    }

    private void ReleaseBound()
    {
        while (_bound.TryRelease(out IssueTicket ticket))
        {
            PendingMiss miss = _parked[ParkedAt(ticket.Order)].Miss;
            _bound.Answer(ticket, miss.Cycles + (miss.BehindCut ? miss.MinCycles : 0));
        }
    }

    private int ParkedAt(ulong order)
    {
        int i = 0;
        while (_parked[i].Order != order)
        {
            i++;
        }

        return i;
    }

    /// <summary>As the other, of the set `inorder`. HOT: per miss.</summary>
    private void Send(in PendingMiss miss, ulong atUnits, int entry, ulong number)
    {
        if (miss.BehindCut && _hasModel)
        {
            uint cycles = miss.Cycles;
            VirtualTime at = NotBeforeAnswer(_clock.TimeAt(atUnits + (cycles * _unitsPerCycle)), ref cycles);
            _open.Add(
                new MemoryRequest(at, Vcpu, _sequence++, miss.Line, miss.Kind),
                new OpenTicket(
                    new IssueTicket(atUnits, miss.IssueKind, entry) { Cause = miss.Cause, Origin = miss.Origin },
                    cycles,
                    miss.MinCycles)
                {
                    Number = number,
                });
            NoteSent(miss, at);
            return;
        }

        ulong known = KnownCycles(miss, atUnits);
        StallCause cause = known > miss.Cycles ? StallCause.Memory : miss.Cause;
        _true.Answer(miss.IssueKind, entry, atUnits, known, cause, miss.Origin);
    }

    private void Send(in PendingMiss miss, in IssueTicket ticket, ulong number)
    {
        if (miss.BehindCut && _hasModel)
        {
            AddOpen(miss, ticket, number);
        }
        else
        {
            ulong cycles = KnownCycles(miss, ticket.AtUnits);
            bool isLate = cycles > miss.Cycles;
            _true.Answer(isLate ? ticket with { Cause = StallCause.Memory } : ticket, cycles);
        }
    }

    private void AddOpen(in PendingMiss miss, in IssueTicket ticket, ulong number)
    {
        uint cycles = miss.Cycles;
        VirtualTime at = NotBeforeAnswer(_clock.TimeAt(ticket.AtUnits + (miss.Cycles * _unitsPerCycle)), ref cycles);
        var request = new MemoryRequest(at, Vcpu, _sequence++, miss.Line, miss.Kind);
        _open.Add(request, new OpenTicket(ticket, cycles, miss.MinCycles) { Number = number });
        NoteSent(miss, at);
    }

    /// <summary>A request can't pass the cut before the answer that its core waited for has come; what it
    /// waits for that is part of its latency.</summary>
    private VirtualTime NotBeforeAnswer(VirtualTime at, ref uint cycles)
    {
        if (at < _answerFloor)
        {
            cycles = checked(
                cycles + (uint)_clock.Frequency.CyclesCovering(_answerFloor - at));
            at = _answerFloor;
        }

        return at;
    }

    private void NoteSent(in PendingMiss miss, VirtualTime at)
    {
        if (miss.Kind == MemoryEventKind.Prefetch)
        {
            Prefetched.Send(miss.Line, at);
        }
    }

    private void MakeRoom()
    {
        if (_head > _pending.Length / 2)
        {
            Array.Copy(_pending, _head, _pending, 0, _tail - _head);
            _tail -= _head;
            _sent -= _head;
            _head = 0;
            return;
        }

        Array.Resize(ref _pending, _pending.Length * 2);
    }

    /// <param name="Order">As <see cref="IssueTicket.Order"/>.</param>
    /// <param name="Number">As <see cref="OpenTicket.Number"/>.</param>
    private readonly record struct ParkedMiss(ulong Order, ulong Number, PendingMiss Miss);
}
