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
    private readonly uint _minCycles;
    private readonly ulong _unitsPerCycle;
    private PendingMiss[] _pending = new PendingMiss[1024];
    private OpenRequest[] _open = new OpenRequest[64];
    private int _head;
    private int _tail;
    private int _openCount;
    private uint _sequence;
    private VirtualTime _answerFloor;
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
        _minCycles = minLatency is { } least
            ? checked((uint)clock.Frequency.CyclesCovering(least))
            : 0;
    }

    public VcpuId Vcpu { get; }

    /// <summary>What the vCPU is charged for its misses so far.</summary>
    public ulong StallUnits => _bound.StallUnits;

    public ReadOnlySpan<OpenRequest> Open => _open.AsSpan(0, _openCount);

    public bool HasUnanswered => _openCount > 0 || _head < _tail;

    /// <summary>The core stands until an answer comes that is not known yet.</summary>
    public bool IsWaiting => _true.WaitsBefore(
        _head < _tail ? _pending[_head].IssueKind : MemoryEventKind.Flush);

    /// <summary>HOT: per miss.</summary>
    public void Add(in PendingMiss miss)
    {
        Charge(_bound, miss);
        if (!HasUnanswered && !(miss.BehindCut && _hasModel))
        {
            Charge(_true, miss);
            _hasGoneOn = true;
            return;
        }

        if (_tail == _pending.Length)
        {
            MakeRoom();
        }

        _pending[_tail++] = miss;
    }

    /// <summary>Issues pending misses in program order as far as their time is known.</summary>
    public void Issue()
    {
        while (_head < _tail)
        {
            ref readonly PendingMiss miss = ref _pending[_head];
            if (!_true.TryIssue(miss.Position, miss.IssueKind, out IssueTicket ticket))
            {
                return;
            }

            if (miss.BehindCut && _hasModel)
            {
                AddOpen(miss, ticket);
            }
            else
            {
                _true.Answer(ticket, miss.Cycles);
            }

            _isStale = true;
            _head++;
        }

        _head = 0;
        _tail = 0;
        _sent = 0;
    }

    /// <summary>Tells the answer to open request <paramref name="index"/>, which stays listed
    /// until <see cref="RemoveAnswered"/>.</summary>
    public void Answer(int index, VirtualDuration latency)
    {
        ref readonly OpenRequest open = ref _open[index];
        ulong cycles = checked(open.Cycles + _clock.Frequency.CyclesCovering(latency));
        _true.Answer(open.Ticket, cycles);
        if (IssueEngine.Blocks(open.Ticket.Kind))
        {
            _answerFloor = open.Request.At + latency;
        }

        _isStale = true;
    }

    /// <summary>Forgets open requests before <paramref name="end"/>, all of them answered.
    /// </summary>
    public void RemoveAnswered(VirtualTime end)
    {
        int kept = 0;
        for (int i = 0; i < _openCount; i++)
        {
            if (_open[i].Request.At >= end)
            {
                _open[kept++] = _open[i];
            }
        }

        _openCount = kept;
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
        for (int i = 0; i < _openCount; i++)
        {
            _bound.Answer(_open[i].Ticket, _open[i].Cycles + LeastCycles(_open[i].Request.At));
        }

        for (int i = _head; i < _tail; i++)
        {
            Charge(_bound, _pending[i]);
        }

        Invariant.Require(_bound.StallUnits >= before, "a weave difference is negative");
        return _bound.StallUnits - before;
    }

    /// <summary>A request on its way at <see cref="_reached"/> is not answered sooner.</summary>
    private ulong LeastCycles(VirtualTime at) => _reached <= at
        ? _minCycles
        : Math.Max(_minCycles, _clock.Frequency.CyclesCovering(_reached - at));

    private void Charge(IssueEngine engine, in PendingMiss miss)
    {
        bool issued = engine.TryIssue(miss.Position, miss.IssueKind, out IssueTicket ticket);
        Invariant.Require(issued);
        ulong behind = miss.BehindCut && _hasModel ? _minCycles : 0;
        engine.Answer(ticket, miss.Cycles + behind);
    }

    private void AddOpen(in PendingMiss miss, in IssueTicket ticket)
    {
        if (_openCount == _open.Length)
        {
            Array.Resize(ref _open, _openCount * 2);
        }

        // A request can't pass the cut before the answer that its core waited for has come.
        VirtualTime at = VirtualTime.Max(
            _answerFloor, _clock.TimeAt(ticket.AtUnits + (miss.Cycles * _unitsPerCycle)));
        var request = new MemoryRequest(at, Vcpu, _sequence++, miss.Line, miss.Kind);
        _open[_openCount++] = new OpenRequest(request, ticket, miss.Cycles);
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
}
