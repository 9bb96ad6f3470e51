using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Parameter set `interval` of the <see cref="IssueEngine"/>: an out-of-order core as interval
/// simulation sees it (Genbrugge, Eyerman, Eeckhout, "Interval simulation", HPCA 2010; Eyerman et al., "A
/// mechanistic performance model for superscalar out-of-order processors", ACM TOCS 27(2), 2009).
/// Instructions dispatch in program order at the base CPI, and a load that does not retire stops that once
/// the window behind it is full.
/// <code>
///   dispatch (program order)      producer, register     latency
///   ──────────────────────> parked ────────────────> issued ────> done ──> retired: the window moves
///      blocked while what it waits for is unknown
/// </code>
/// All is made of maximum and sum over a fixed order, so nothing gets earlier when a latency grows; and what
/// waits for an answer issues no sooner than that answer, so an event-driven peer can time it.</summary>
internal sealed partial class OutOfOrderCore
{
    private const ulong Unanswered = IssueState.Unanswered;

    private readonly ulong _windowUnits;
    private readonly ulong _unitsPerCycle;
    private readonly Load[] _loads;
    private readonly ulong[] _storeDone;
    private readonly Register[] _registers;
    private Waiting[] _parked = new Waiting[16];
    private int _firstLoad;
    private int _loadCount;
    private int _nextStore;
    private int _nextRegister;
    private int _parkedCount;
    private ulong _order;
    private bool _blocked;

    public OutOfOrderCore(IssueParameters parameters, IntervalParameters interval)
    {
        Invariant.Require(interval.WindowUnits > 0 && interval.LoadQueueEntries > 0);
        Invariant.Require(interval.MissRegisters > 0);
        _windowUnits = interval.WindowUnits;
        _unitsPerCycle = parameters.UnitsPerCycle;
        _loads = new Load[interval.LoadQueueEntries];
        _storeDone = new ulong[parameters.StoreBufferEntries];
        _registers = new Register[interval.MissRegisters];
    }

    public ulong StallUnits { get; private set; }

    public StallStack Stack { get; } = new();

    /// <summary>As <see cref="IssueEngine.Sink"/>.</summary>
    public IStallSink? Sink { get; set; }

    public bool IsBlocked => _blocked;

    /// <summary>Dispatches the next miss in program order. HOT: per miss.</summary>
    public IssueOutcome Dispatch(in IssueMiss miss, out IssueTicket ticket)
    {
        ticket = default;
        if (_blocked || !Retire(miss.Position))
        {
            return IssueOutcome.Blocked;
        }

        switch (miss.Kind)
        {
            case MemoryEventKind.Load:
            case MemoryEventKind.Modify:
                return DispatchLoad(miss, out ticket);
            case MemoryEventKind.Store:
                return DispatchStore(miss, out ticket);
            case MemoryEventKind.Atomic:
                if (!DrainLoads(miss.Position) || !DrainStores(miss))
                {
                    return IssueOutcome.Blocked;
                }

                break;
            case MemoryEventKind.Drain:
                if (!DrainLoads(miss.Position))
                {
                    return IssueOutcome.Blocked;
                }

                break;
            case MemoryEventKind.Mispredict:
                if (!Resolve(miss))
                {
                    return IssueOutcome.Blocked;
                }

                break;
        }

        _blocked = miss.Kind is MemoryEventKind.Fetch or MemoryEventKind.Atomic or MemoryEventKind.Mispredict;
        ticket = new IssueTicket(checked(miss.Position + StallUnits), miss.Kind, -1)
        {
            Order = _order++,
            Cause = IssueEngine.CauseOf(miss.Kind, miss.Cause),
            Origin = miss.Origin,
        };
        return IssueOutcome.Issued;
    }

    /// <summary>A parked miss that can issue now; the one that was dispatched first.</summary>
    public bool TryRelease(out IssueTicket ticket)
    {
        for (int i = 0; i < _parkedCount; i++)
        {
            if (_parked[i].IsReady)
            {
                ticket = _parked[i].Ticket;
                Array.Copy(_parked, i + 1, _parked, i, _parkedCount - i - 1);
                _parkedCount--;
                return true;
            }
        }

        ticket = default;
        return false;
    }

    /// <summary>Tells an issued miss's latency, in core cycles from its issue. HOT: per miss.</summary>
    public void Answer(in IssueTicket ticket, ulong latencyCycles)
    {
        ulong latency = checked(latencyCycles * _unitsPerCycle);
        ulong done = checked(ticket.AtUnits + latency);
        switch (ticket.Kind)
        {
            case MemoryEventKind.Fetch:
            case MemoryEventKind.Atomic:
            case MemoryEventKind.Mispredict:
                Invariant.Require(_blocked);
                _blocked = false;
                StallUnits = checked(StallUnits + latency);
                Stack.Add(ticket.Cause, latency);
                Sink?.Stalled(ticket.Origin, ticket.Cause, latency);
                return;
            case MemoryEventKind.Load:
            case MemoryEventKind.Modify:
                Invariant.Require(_loads[ticket.Entry].Order == ticket.Order);
                Invariant.Require(_loads[ticket.Entry].Done == Unanswered);
                _loads[ticket.Entry].Done = done;
                break;
            case MemoryEventKind.Store:
                Invariant.Require(_storeDone[ticket.Entry] == Unanswered);
                _storeDone[ticket.Entry] = done;
                break;
            default:
                return;
        }

        if (ticket.Register >= 0 && _registers[ticket.Register].Order == ticket.Order)
        {
            _registers[ticket.Register].Done = done;
        }

        for (int i = 0; i < _parkedCount; i++)
        {
            _parked[i].Hear(ticket.Order, done);
        }
    }

    /// <summary>Whether it would be blocked.</summary>
    public bool WaitsBefore(in IssueMiss miss)
    {
        if (_blocked)
        {
            return true;
        }

        bool all = miss.Kind is MemoryEventKind.Atomic or MemoryEventKind.Drain;
        for (int i = 0; i < _loadCount; i++)
        {
            ref readonly Load load = ref _loads[EntryOf(i)];
            bool leaves = all || load.Position + _windowUnits <= miss.Position
                || (i == 0 && _loadCount == _loads.Length && IsLoad(miss.Kind));
            if (leaves && load.Done == Unanswered)
            {
                return true;
            }
        }

        return miss.Kind switch
        {
            MemoryEventKind.Store => _storeDone[_nextStore] == Unanswered,
            MemoryEventKind.Atomic => _storeDone.AsSpan().Contains(Unanswered),
            MemoryEventKind.Mispredict => DoneOf(miss.Producer, out _) == Unanswered,
            _ => false,
        };
    }

    private static bool IsLoad(MemoryEventKind kind) => kind is MemoryEventKind.Load or MemoryEventKind.Modify;

    private IssueOutcome DispatchLoad(in IssueMiss miss, out IssueTicket ticket)
    {
        ticket = default;
        if (_loadCount == _loads.Length)
        {
            ref readonly Load oldest = ref _loads[_firstLoad];
            if (oldest.Done == Unanswered)
            {
                return IssueOutcome.Blocked;
            }

            StandUntil(oldest.Done, miss.Position, oldest.Cause, oldest.Origin);
            RemoveFirst();
        }

        ulong at = checked(miss.Position + StallUnits);
        var waiting = new Waiting();
        FindProducer(miss.Producer, ref at, ref waiting);
        int entry = EntryOf(_loadCount++);
        _loads[entry] = new Load
        {
            Position = miss.Position,
            Program = miss.Program,
            Done = Unanswered,
            Order = _order,
            Cause = miss.Cause,
            Origin = miss.Origin,
        };
        return Issue(miss, at, entry, waiting, out ticket);
    }

    private IssueOutcome DispatchStore(in IssueMiss miss, out IssueTicket ticket)
    {
        ticket = default;
        ulong done = _storeDone[_nextStore];
        if (done == Unanswered)
        {
            return IssueOutcome.Blocked;
        }

        StandUntil(done, miss.Position, StallCause.StoreBuffer, miss.Origin);
        int entry = _nextStore;
        _storeDone[entry] = Unanswered;
        _nextStore = entry + 1 == _storeDone.Length ? 0 : entry + 1;
        return Issue(miss, checked(miss.Position + StallUnits), entry, new Waiting(), out ticket);
    }

    /// <summary>Takes a miss register, in program order, and issues unless something is unknown.</summary>
    private IssueOutcome Issue(
        in IssueMiss miss, ulong at, int entry, Waiting waiting, out IssueTicket ticket)
    {
        int register = -1;
        if (miss.BehindCut)
        {
            register = _nextRegister;
            _nextRegister = register + 1 == _registers.Length ? 0 : register + 1;
            ref Register held = ref _registers[register];
            if (held.Done == Unanswered)
            {
                waiting.AwaitRegister(held.Order);
            }
            else
            {
                at = Math.Max(at, held.Done);
            }

            held = new Register { Done = Unanswered, Order = _order };
        }

        ticket = new IssueTicket(at, miss.Kind, entry) { Register = register, Order = _order++ };
        if (waiting.IsReady)
        {
            return IssueOutcome.Issued;
        }

        if (_parkedCount == _parked.Length)
        {
            Array.Resize(ref _parked, _parkedCount * 2);
        }

        waiting.Ticket = ticket;
        _parked[_parkedCount++] = waiting;
        return IssueOutcome.Parked;
    }

    /// <summary>The youngest load in flight of the instruction that made the address.</summary>
    private void FindProducer(ulong producer, ref ulong at, ref Waiting waiting)
    {
        ulong done = DoneOf(producer, out ulong order);
        if (done == Unanswered)
        {
            waiting.AwaitProducer(order);
        }
        else
        {
            at = Math.Max(at, done);
        }
    }

    /// <summary>When the youngest load in flight of that instruction is done; 0 if there is none.</summary>
    private ulong DoneOf(ulong program, out ulong order)
    {
        for (int i = _loadCount - 1; i >= 0 && program != IssueMiss.None; i--)
        {
            ref readonly Load load = ref _loads[EntryOf(i)];
            if (load.Program == program)
            {
                order = load.Order;
                return load.Done;
            }
        }

        order = 0;
        return 0;
    }

    /// <summary>What comes after a mispredicted branch is not even fetched before the load that the branch
    /// looks at is done.</summary>
    /// <returns>False if when is not known.</returns>
    private bool Resolve(in IssueMiss branch)
    {
        ulong done = DoneOf(branch.Producer, out _);
        if (done == Unanswered)
        {
            return false;
        }

        StandUntil(done, branch.Position, StallCause.Branch, branch.Origin);
        return true;
    }

    /// <summary>Moves the window so that the position is in it.</summary>
    /// <returns>False if when is not known.</returns>
    private bool Retire(ulong position)
    {
        while (_loadCount > 0)
        {
            ref readonly Load oldest = ref _loads[_firstLoad];
            ulong first = checked(oldest.Position + _windowUnits);
            if (first > position)
            {
                return true;
            }

            if (oldest.Done == Unanswered)
            {
                return false;
            }

            StandUntil(oldest.Done, first, oldest.Cause, oldest.Origin);
            RemoveFirst();
        }

        return true;
    }

    private bool DrainLoads(ulong position)
    {
        for (; _loadCount > 0; RemoveFirst())
        {
            ref readonly Load oldest = ref _loads[_firstLoad];
            if (oldest.Done == Unanswered)
            {
                return false;
            }

            StandUntil(oldest.Done, position, oldest.Cause, oldest.Origin);
        }

        return true;
    }

    private bool DrainStores(in IssueMiss miss)
    {
        if (_storeDone.AsSpan().Contains(Unanswered))
        {
            return false;
        }

        foreach (ulong done in _storeDone)
        {
            StandUntil(done, miss.Position, StallCause.StoreBuffer, miss.Origin);
        }

        return true;
    }

    private void RemoveFirst()
    {
        _firstLoad = EntryOf(1);
        _loadCount--;
    }

    /// <summary>Where the load is, counted from the oldest, or where the next will be. Without a division, since each
    /// miss may look at all of them.</summary>
    private int EntryOf(int load)
    {
        int entry = _firstLoad + load;
        return entry >= _loads.Length ? entry - _loads.Length : entry;
    }

    /// <summary>What is at this position dispatches no sooner than then.</summary>
    private void StandUntil(ulong done, ulong position, StallCause cause, int origin)
    {
        if (done > position && done - position > StallUnits)
        {
            ulong units = done - position - StallUnits;
            Stack.Add(cause, units);
            Sink?.Stalled(origin, cause, units);
            StallUnits = done - position;
        }
    }

    private struct Load
    {
        public ulong Position;
        public ulong Program;
        public ulong Done;
        public ulong Order;
        public StallCause Cause;
        public int Origin;
    }

    private struct Register
    {
        public ulong Done;
        public ulong Order;
    }

    /// <summary>A parked miss, and the orders, plus one, of those that it waits for.</summary>
    private struct Waiting
    {
        public IssueTicket Ticket;
        private ulong _producer;
        private ulong _register;

        public readonly bool IsReady => (_producer | _register) == 0;

        public void AwaitProducer(ulong order) => _producer = order + 1;

        public void AwaitRegister(ulong order) => _register = order + 1;

        public void Hear(ulong order, ulong done)
        {
            if (_producer != order + 1 && _register != order + 1)
            {
                return;
            }

            Ticket = Ticket with { AtUnits = Math.Max(Ticket.AtUnits, done) };
            _producer = _producer == order + 1 ? 0 : _producer;
            _register = _register == order + 1 ? 0 : _register;
        }
    }
}
