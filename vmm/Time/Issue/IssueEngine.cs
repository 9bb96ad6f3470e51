using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Turns the latency of misses into stall, as docs/time.md section "Issue engine" says;
/// one per vCPU; misses come in program order. Parameter set `inorder` is below, `interval` is <see
/// cref="OutOfOrderCore"/>.
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
/// 2. Load, atomic, modify: stall += latency - L1 hit. Fetch, misprediction: stall += latency.
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
    private readonly IntervalParameters? _interval;
    private readonly OutOfOrderCore? _core;
    private readonly StallStack _stack = new();
    private IStallSink? _sink;
    private ulong _stallUnits;
    private int _nextEntry;
    private bool _blocked;

    public IssueEngine(IssueParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Invariant.Require(parameters.StoreBufferEntries > 0 && parameters.UnitsPerCycle > 0);
        _loadHitCycles = parameters.LoadHitCycles;
        _unitsPerCycle = parameters.UnitsPerCycle;
        _storeDone = new ulong[parameters.StoreBufferEntries];
        _interval = parameters.Interval;
        _core = _interval is null ? null : new OutOfOrderCore(parameters, _interval);
    }

    /// <summary>Null: nobody asks. Not part of the state.</summary>
    public IStallSink? Sink
    {
        get => _sink;
        set
        {
            _sink = value;
            _core?.Sink = value;
        }
    }

    /// <summary>Stall of all misses answered so far, in cost units.</summary>
    public ulong StallUnits => _core?.StallUnits ?? _stallUnits;

    /// <summary>The same by cause.</summary>
    public StallStack Stack => _core?.Stack ?? _stack;

    /// <summary>Whether nothing goes on before an answer: with `inorder` to a load, atomic, modify, fetch or
    /// misprediction, with `interval` to an atomic, fetch or misprediction.</summary>
    public bool IsBlocked => _core?.IsBlocked ?? _blocked;

    /// <summary>Whether misses overlap and dispatch is told apart from issue.</summary>
    public bool IsOutOfOrder => _core is not null;

    public void CopyFrom(IssueEngine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (_core is not null)
        {
            _core.CopyFrom(other._core!);
            return;
        }

        Invariant.Require(other._storeDone.Length == _storeDone.Length);
        other._storeDone.CopyTo(_storeDone, 0);
        _nextEntry = other._nextEntry;
        _blocked = other._blocked;
        _stallUnits = other._stallUnits;
        _stack.CopyFrom(other._stack);
    }

    /// <summary>A state with room for this engine's.</summary>
    public IssueState NewState() => new(_storeDone.Length, _interval);

    public void Save(IssueState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Invariant.Require(state.StoreDone.Length == _storeDone.Length);
        if (_core is not null)
        {
            _core.Save(state);
            return;
        }

        _storeDone.CopyTo(state.StoreDone, 0);
        state.NextEntry = _nextEntry;
        state.IsBlocked = _blocked;
        state.StallUnits = StallUnits;
    }

    /// <summary>What the stall grew by is booked as waiting for memory. With `interval` nothing may be
    /// unanswered, here or there.</summary>
    public void Load(IssueState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Invariant.Require(state.StoreDone.Length == _storeDone.Length);
        if (_core is not null)
        {
            _core.Restore(state);
            return;
        }

        state.StoreDone.CopyTo(_storeDone, 0);
        _nextEntry = state.NextEntry;
        _blocked = state.IsBlocked;
        _stack.Add(StallCause.Memory, checked(state.StallUnits - _stallUnits));
        _stallUnits = state.StallUnits;
    }

    /// <summary>Whether the core stands until an answer comes, if its next miss is of this kind.
    /// </summary>
    public bool WaitsBefore(MemoryEventKind kind) => IsBlocked
        || (kind == MemoryEventKind.Store && _storeDone[_nextEntry] == Unanswered);

    /// <summary>Whether the core stands until an answer comes, if this miss is its next.</summary>
    public bool WaitsBefore(in IssueMiss miss) => _core?.WaitsBefore(miss) ?? WaitsBefore(miss.Kind);

    /// <summary>Dispatches the next miss in program order; with `inorder` it issues at once. HOT: per
    /// miss.</summary>
    public IssueOutcome Dispatch(in IssueMiss miss, out IssueTicket ticket)
    {
        if (_core is not null)
        {
            return _core.Dispatch(miss, out ticket);
        }

        bool issued = TryIssue(miss.Position, miss.Kind, out ticket, miss.Origin);
        ticket = ticket with { Cause = miss.Cause, Origin = miss.Origin };
        return issued ? IssueOutcome.Issued : IssueOutcome.Blocked;
    }

    /// <summary>The first of the parked misses that can issue now.</summary>
    public bool TryRelease(out IssueTicket ticket)
    {
        ticket = default;
        return _core?.TryRelease(out ticket) ?? false;
    }

    /// <summary>As the other.</summary>
    public bool TryIssue(ulong position, MemoryEventKind kind, out IssueTicket ticket, int origin = 0)
    {
        bool issued = TryIssue(position, kind, out ulong at, out int entry, origin);
        ticket = new IssueTicket(at, kind, entry);
        return issued;
    }

    /// <summary>Issues the next miss of the set `inorder` in program order. HOT: per miss.</summary>
    /// <param name="at">As <see cref="IssueTicket.AtUnits"/>.</param>
    /// <param name="entry">As <see cref="IssueTicket.Entry"/>.</param>
    /// <returns>False if when it issues is not known before an earlier one is answered.</returns>
    public bool TryIssue(
        ulong position, MemoryEventKind kind, out ulong at, out int entry, int origin = 0)
    {
        at = checked(position + _stallUnits);
        entry = -1;
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
                Add(StallCause.StoreBuffer, done - at, origin);
                at = done;
            }

            entry = _nextEntry;
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
        if (_core is not null)
        {
            _core.Answer(ticket, latencyCycles);
            return;
        }

        Answer(ticket.Kind, ticket.Entry, ticket.AtUnits, latencyCycles, ticket.Cause, ticket.Origin);
    }

    /// <summary>As the other, of the set `inorder`. HOT: per miss.</summary>
    public void Answer(
        MemoryEventKind kind, int entry, ulong atUnits, ulong latencyCycles, StallCause cause, int origin = 0)
    {
        switch (kind)
        {
            case MemoryEventKind.Load:
            case MemoryEventKind.Atomic:
            case MemoryEventKind.Modify:
            case MemoryEventKind.Fetch:
            case MemoryEventKind.Mispredict:
                Invariant.Require(_blocked);
                _blocked = false;
                Stall(kind, latencyCycles, cause, origin);
                break;
            case MemoryEventKind.Store:
                Invariant.Require(_storeDone[entry] == Unanswered);
                _storeDone[entry] = checked(atUnits + (latencyCycles * _unitsPerCycle));
                break;
            default:
                break;
        }
    }

    /// <summary>Issues and answers a miss whose latency is known; none before it may be
    /// unanswered. HOT: per miss.</summary>
    public void Charge(in IssueMiss miss, ulong latencyCycles)
    {
        if (_core is null)
        {
            Charge(miss.Position, miss.Kind, latencyCycles, miss.Cause, miss.Origin);
            return;
        }

        IssueOutcome outcome = _core.Dispatch(miss, out IssueTicket ticket);
        Invariant.Require(outcome == IssueOutcome.Issued);
        _core.Answer(ticket, latencyCycles);
    }

    /// <summary>As the other, of the set `inorder`. HOT: per miss.</summary>
    public void Charge(
        ulong position,
        MemoryEventKind kind,
        ulong latencyCycles,
        StallCause cause = StallCause.Memory,
        int origin = 0)
    {
        Invariant.Require(!_blocked);
        if (kind == MemoryEventKind.Store)
        {
            bool issued = TryIssue(position, kind, out ulong at, out int entry, origin);
            Invariant.Require(issued);
            Answer(kind, entry, at, latencyCycles, cause, origin);
        }
        else if (Blocks(kind))
        {
            Stall(kind, latencyCycles, cause, origin);
        }
    }

    /// <summary>Whether the core waits for such a miss before it goes on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Blocks(MemoryEventKind kind) => kind is MemoryEventKind.Load
        or MemoryEventKind.Atomic or MemoryEventKind.Modify or MemoryEventKind.Fetch
        or MemoryEventKind.Mispredict;

    /// <summary>What something that the core waits for stalls it with `inorder`, in units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong StallOf(MemoryEventKind kind, ulong latencyCycles)
    {
        ulong hidden = kind is MemoryEventKind.Fetch or MemoryEventKind.Mispredict ? 0 : _loadHitCycles;
        return latencyCycles > hidden ? checked((latencyCycles - hidden) * _unitsPerCycle) : 0;
    }

    /// <summary>What the stall of a miss is booked as. A walk of the page table on behalf of data is waited
    /// for as a fetch is, and is none.</summary>
    public static StallCause CauseOf(MemoryEventKind kind, StallCause cause) =>
        kind == MemoryEventKind.Fetch && cause != StallCause.Tlb ? StallCause.Fetch : cause;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Stall(MemoryEventKind kind, ulong latencyCycles, StallCause cause, int origin) =>
        Add(CauseOf(kind, cause), StallOf(kind, latencyCycles), origin);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(StallCause cause, ulong units, int origin)
    {
        _stallUnits = checked(_stallUnits + units);
        _stack.Add(cause, units);
        _sink?.Stalled(origin, cause, units);
    }
}
