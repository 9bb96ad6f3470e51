using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Turns the latency of misses into stall, as docs/time.md section "Issue engine" says;
/// parameter set `inorder`. One per vCPU; misses come in program order.
/// <code>
///              TryIssue(load, atomic, modify, fetch)
///   ┌──────┐ ──────────────────────────────────────> ┌─────────┐
///   │ open │                                         │ blocked │  TryIssue: false
///   └──────┘ &lt;────────────────────────────────────── └─────────┘
///    │    ^        Answer(latency): stall grows
///    └────┘ TryIssue(store): takes the oldest entry, waits until it is done,
///           false while that entry's latency is unknown
/// </code>
/// 1. A miss at program position p (V without the stall of misses) issues at t = p + stall.
/// 2. Load, atomic, modify: stall += latency - L1 hit. Fetch: stall += latency.
/// 3. Store number k of a buffer of N: if entry k mod N is done at d > t, stall += d - t and t = d;
///    then it is done at t + latency.
/// 4. Anything else never stalls.
/// </summary>
public sealed class IssueEngine
{
    private const ulong Unanswered = IssueState.Unanswered;

    private readonly ulong _loadHitCycles;
    private readonly ulong _unitsPerCycle;
    private readonly ulong[] _storeDone;
    private int _nextEntry;
    private bool _blocked;

    public IssueEngine(IssueParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Invariant.Require(parameters.StoreBufferEntries > 0 && parameters.UnitsPerCycle > 0);
        _loadHitCycles = parameters.LoadHitCycles;
        _unitsPerCycle = parameters.UnitsPerCycle;
        _storeDone = new ulong[parameters.StoreBufferEntries];
    }

    /// <summary>Stall of all misses answered so far, in cost units.</summary>
    public ulong StallUnits { get; private set; }

    /// <summary>Whether it waits for the answer to a load, atomic, modify or fetch.</summary>
    public bool IsBlocked => _blocked;

    public void CopyFrom(IssueEngine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Invariant.Require(other._storeDone.Length == _storeDone.Length);
        other._storeDone.CopyTo(_storeDone, 0);
        _nextEntry = other._nextEntry;
        _blocked = other._blocked;
        StallUnits = other.StallUnits;
    }

    public void Save(IssueState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Invariant.Require(state.StoreDone.Length == _storeDone.Length);
        _storeDone.CopyTo(state.StoreDone, 0);
        state.NextEntry = _nextEntry;
        state.IsBlocked = _blocked;
        state.StallUnits = StallUnits;
    }

    public void Load(IssueState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Invariant.Require(state.StoreDone.Length == _storeDone.Length);
        state.StoreDone.CopyTo(_storeDone, 0);
        _nextEntry = state.NextEntry;
        _blocked = state.IsBlocked;
        StallUnits = state.StallUnits;
    }

    /// <summary>Whether the core stands until an answer comes, if its next miss is of this kind.
    /// </summary>
    public bool WaitsBefore(MemoryEventKind kind) => _blocked
        || (kind == MemoryEventKind.Store && _storeDone[_nextEntry] == Unanswered);

    /// <summary>Issues the next miss in program order. HOT: per miss.</summary>
    /// <returns>False if when it issues is not known before an earlier one is answered.</returns>
    public bool TryIssue(ulong position, MemoryEventKind kind, out IssueTicket ticket)
    {
        ulong at = checked(position + StallUnits);
        ticket = new IssueTicket(at, kind, -1);
        if (_blocked)
        {
            return false;
        }

        if (kind == MemoryEventKind.Store)
        {
            ulong done = _storeDone[_nextEntry];
            if (done == Unanswered)
            {
                return false;
            }

            if (done > at)
            {
                StallUnits = checked(StallUnits + (done - at));
                at = done;
            }

            ticket = new IssueTicket(at, kind, _nextEntry);
            _storeDone[_nextEntry] = Unanswered;
            _nextEntry = _nextEntry + 1 == _storeDone.Length ? 0 : _nextEntry + 1;
        }
        else
        {
            _blocked = Blocks(kind);
        }

        return true;
    }

    /// <summary>Tells an issued miss's latency, in core cycles from its issue.</summary>
    public void Answer(in IssueTicket ticket, ulong latencyCycles)
    {
        switch (ticket.Kind)
        {
            case MemoryEventKind.Load:
            case MemoryEventKind.Atomic:
            case MemoryEventKind.Modify:
            case MemoryEventKind.Fetch:
                Invariant.Require(_blocked);
                _blocked = false;
                Stall(ticket.Kind, latencyCycles);
                break;
            case MemoryEventKind.Store:
                Invariant.Require(_storeDone[ticket.Entry] == Unanswered);
                _storeDone[ticket.Entry] =
                    checked(ticket.AtUnits + (latencyCycles * _unitsPerCycle));
                break;
            default:
                break;
        }
    }

    /// <summary>Issues and answers a miss whose latency is known; none before it may be
    /// unanswered. HOT: per miss.</summary>
    public void Charge(ulong position, MemoryEventKind kind, ulong latencyCycles)
    {
        Invariant.Require(!_blocked);
        if (kind == MemoryEventKind.Store)
        {
            bool issued = TryIssue(position, kind, out IssueTicket ticket);
            Invariant.Require(issued);
            Answer(ticket, latencyCycles);
        }
        else if (Blocks(kind))
        {
            Stall(kind, latencyCycles);
        }
    }

    /// <summary>Whether the core waits for such a miss before it goes on.</summary>
    public static bool Blocks(MemoryEventKind kind) => kind is MemoryEventKind.Load
        or MemoryEventKind.Atomic or MemoryEventKind.Modify or MemoryEventKind.Fetch;

    private void Stall(MemoryEventKind kind, ulong latencyCycles)
    {
        ulong hidden = kind == MemoryEventKind.Fetch ? 0 : _loadHitCycles;
        if (latencyCycles > hidden)
        {
            StallUnits = checked(StallUnits + ((latencyCycles - hidden) * _unitsPerCycle));
        }
    }
}
