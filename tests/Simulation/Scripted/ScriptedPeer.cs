using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>A peer as docs/protocol.md section 4 has it, without the wire: the slow, plain
/// statement of its rules. Its latencies come from a model that is asked in the order of time.
/// </summary>
public sealed class ScriptedPeer : IIntervalPeer
{
    private readonly FakeMemory _memory;
    private readonly bool _isEventDriven;
    private readonly NodeSessionOptions _options;
    private readonly Queue<Func<IntervalReport>> _underWay = new();
    private readonly Lane[] _lanes;
    private readonly IntervalParameters? _core;
    private readonly List<VirtualTime> _asked = [];
    private IntervalReport _report;
    private VirtualTime _reached;

    public ScriptedPeer(NodeSessionOptions options, FakeMemory memory, bool isEventDriven)
    {
        _options = options;
        _memory = memory;
        _isEventDriven = isEventDriven;
        _core = options.OutOfOrder?.ToParameters(options.CyclesPerInstruction.Numerator);
        _report = new IntervalReport(options.VcpuCount, options.StoreBufferEntries, _core);
        _lanes = new Lane[options.VcpuCount];
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new Lane(new VcpuId(i), options);
        }
    }

    public VirtualDuration MinLatency => _memory.MinLatency;

    /// <summary>What completes accesses to windows; null: there are none.</summary>
    public ScriptedDevice? Device { get; init; }

    /// <summary>Reports with a request still on its way that its core waits for.</summary>
    public int HeldReports { get; private set; }

    /// <summary>With `interval`: what it tells instead of an answer.</summary>
    public Func<PeerAnswer, PeerAnswer>? Fault { get; init; }

    /// <summary>Works as soon as it gets an interval, not only when it is waited for.</summary>
    public bool IsEager { get; init; }

    /// <summary>Most intervals that were under way at a time.</summary>
    public int UnderWayMax { get; private set; }

    public void Send(IntervalBatch batch)
    {
        IntervalBatch copy = Copy(batch);
        if (IsEager)
        {
            IntervalReport report = Time(copy);
            _underWay.Enqueue(() => report);
        }
        else
        {
            _underWay.Enqueue(() => Time(copy));
        }

        UnderWayMax = Math.Max(UnderWayMax, _underWay.Count);
    }

    public IntervalReport Receive() => _underWay.Dequeue()();

    private IntervalBatch Copy(IntervalBatch batch)
    {
        var copy = new IntervalBatch(_lanes.Length, _options.StoreBufferEntries, _core)
        {
            Number = batch.Number,
            End = batch.End,
            Limit = batch.Limit,
        };
        for (int i = 0; i < _lanes.Length; i++)
        {
            VcpuBatch from = batch.Vcpus[i];
            VcpuBatch to = copy.Vcpus[i];
            to.FloorUnits = from.FloorUnits;
            to.IsIdle = from.IsIdle;
            to.HasState = from.HasState;
            to.State.CopyFrom(from.State);
            to.Misses = from.Misses.ToArray();
            to.Access = from.Access is { } access
                ? access with { Data = access.Data.ToArray() }
                : null;
        }

        return copy;
    }

    private IntervalReport Time(IntervalBatch batch)
    {
        _report = new IntervalReport(_lanes.Length, _options.StoreBufferEntries, _core);
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Take(batch.Vcpus[i]);
            if (batch.Vcpus[i].Access is { } access)
            {
                Device!.Begin(i, access, _reached);
            }
        }

        if (_isEventDriven)
        {
            RunEvents(batch);
        }
        else
        {
            RunWindows(batch.End);
            _reached = VirtualTime.Max(_reached, batch.End);
            Device?.CompleteBefore(VirtualTime.MaxValue, _report);
        }

        _report.Reached = _reached;
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Report(_report.Vcpus[i]);
        }

        HeldReports += Array.Exists(_lanes, lane => lane.Waits) ? 1 : 0;
        return _report;
    }

    public void RequireAlive()
    {
    }

    public void Statistics(bool dump, bool reset, VirtualTime time, string label)
    {
    }

    private void RunWindows(VirtualTime end)
    {
        while (true)
        {
            Issue();
            List<Flight> open = AllOpen();
            VirtualTime first = open.Count == 0 ? VirtualTime.MaxValue : open.Min(o => o.At);
            if (first >= end)
            {
                return;
            }

            VirtualTime window = VirtualTime.Min(end, first + MinLatency);
            foreach (Flight flight in open.Where(o => o.At < window))
            {
                Ask(flight);
                Answer(flight);
            }
        }
    }

    /// <summary>Time goes on event by event: a request leaves, an answer comes.</summary>
    private void RunEvents(IntervalBatch batch)
    {
        while (true)
        {
            Issue();
            List<Flight> open = AllOpen();
            VirtualTime next = open.Count == 0 ? VirtualTime.MaxValue : open.Min(o => o.Next);
            VirtualTime safe = Safe(batch);
            bool waits = Device is { IsAnyOpen: true }
                || Array.Exists(_lanes, lane => lane.WaitsSinceBefore(batch.End));
            VirtualTime bound = waits ? VirtualTime.Max(batch.End, safe) : batch.End;
            if (Device is { } device && device.Next <= VirtualTime.Min(next, bound))
            {
                _reached = VirtualTime.Max(_reached, device.Next);
                device.CompleteBefore(device.Next + new VirtualDuration(1), _report);
                continue;
            }

            if (next >= bound)
            {
                _reached = VirtualTime.Max(_reached, bound);
                return;
            }

            Flight flight = open.First(o => o.Next == next);
            if (flight.IsAsked)
            {
                Answer(flight);
            }
            else
            {
                Ask(flight);
            }
        }
    }

    private VirtualTime Safe(IntervalBatch batch)
    {
        VirtualTime safe = batch.Limit;
        for (int i = 0; i < _lanes.Length; i++)
        {
            if (!batch.Vcpus[i].IsIdle && _lanes[i].CouldMakeARecord
                && Device?.IsOpen(i) != true)
            {
                safe = VirtualTime.Min(safe, _lanes[i].Floor(batch.Vcpus[i].FloorUnits));
            }
        }

        return safe;
    }

    private void Issue()
    {
        for (int i = 0; i < _lanes.Length; i++)
        {
            _report.Vcpus[i].Issued += _lanes[i].Issue(_reached);
        }
    }

    private List<Flight> AllOpen() =>
        [.. _lanes.SelectMany(lane => lane.Open).OrderBy(o => o.At).ThenBy(o => o.Lane.Id)
            .ThenBy(o => o.Record)];

    private void Ask(Flight flight)
    {
        if (_asked.Count > 0 && flight.At < _asked[^1])
        {
            throw new InvalidOperationException("a request goes back in time");
        }

        _asked.Add(flight.At);
        var latencies = new VirtualDuration[1];
        _memory.Weave(
            [new MemoryRequest(flight.At, flight.Lane.Id, flight.Number, flight.Miss.Line,
                flight.Miss.Kind)],
            latencies);
        flight.IsAsked = true;
        flight.Done = flight.At + latencies[0];
    }

    private void Answer(Flight flight)
    {
        VcpuReport report = _report.Vcpus[flight.Lane.Id.Index];
        report.Answered++;
        report.LatencyPicoseconds += (flight.Done - flight.At).Picoseconds;
        if (_core is not null)
        {
            var answer = new PeerAnswer(flight.Record, flight.Done - flight.At);
            report.Answers.Add(Fault?.Invoke(answer) ?? answer);
        }

        flight.Lane.Answer(flight);
    }

    private sealed class Flight(Lane lane, PendingMiss miss, IssueTicket ticket, VirtualTime at)
    {
        public Lane Lane => lane;

        public PendingMiss Miss => miss;

        public IssueTicket Ticket => ticket;

        public VirtualTime At => at;

        public uint Number { get; init; }

        /// <summary>How many records of its vCPU came before it.</summary>
        public ulong Record { get; init; }

        public bool IsAsked { get; set; }

        public VirtualTime Done { get; set; }

        public VirtualTime Next => IsAsked ? Done : At;
    }

    /// <summary>A vCPU as its peer sees it.</summary>
    private sealed class Lane(VcpuId id, NodeSessionOptions options)
    {
        private readonly VcpuClock _clock =
            new(options.Frequency, options.CyclesPerInstruction.Denominator);

        private readonly IssueEngine _engine = new(new IssueParameters
        {
            LoadHitCycles = new FakeHierarchy(1).LoadHitCycles,
            StoreBufferEntries = options.StoreBufferEntries,
            UnitsPerCycle = options.CyclesPerInstruction.Denominator,
            Interval = options.OutOfOrder?.ToParameters(options.CyclesPerInstruction.Numerator),
        });

        private readonly Queue<PendingMiss> _records = new();
        private readonly Dictionary<ulong, (ulong Record, PendingMiss Miss)> _parked = [];
        private VirtualTime _answerFloor;
        private uint _number;
        private ulong _record;

        public VcpuId Id => id;

        public List<Flight> Open { get; } = [];

        public bool Waits => _records.TryPeek(out PendingMiss next)
            ? _engine.WaitsBefore(next.Issue)
            : _engine.IsBlocked;

        public bool CouldMakeARecord => _records.Count == 0 && !Waits;

        /// <summary>With `interval` it goes on for more than what the core waits for first.</summary>
        public bool WaitsSinceBefore(VirtualTime end) => Waits && Open.Exists(o => o.At < end
            && (IssueEngine.Blocks(o.Ticket.Kind) || o.Ticket.Kind == MemoryEventKind.Store));

        public VirtualTime Floor(ulong units) => VirtualTime.Max(
            _answerFloor, _clock.TimeAt(units + _engine.StallUnits));

        public void Take(VcpuBatch batch)
        {
            if (batch.HasState)
            {
                _engine.Load(batch.State);
            }

            foreach (PendingMiss miss in batch.Misses.Span)
            {
                _records.Enqueue(miss);
            }
        }

        /// <param name="reached">Where the peer has been.</param>
        public int Issue(VirtualTime reached)
        {
            int issued = 0;
            Release(reached);
            while (_records.TryPeek(out PendingMiss miss))
            {
                IssueOutcome outcome = _engine.Dispatch(miss.Issue, out IssueTicket ticket);
                if (outcome == IssueOutcome.Blocked)
                {
                    break;
                }

                _records.Dequeue();
                issued++;
                if (outcome == IssueOutcome.Parked)
                {
                    _parked.Add(ticket.Order, (_record++, miss));
                    continue;
                }

                Send(miss, ticket, _record++, reached);
                Release(reached);
            }

            return issued;
        }

        private void Release(VirtualTime reached)
        {
            while (_engine.TryRelease(out IssueTicket ticket))
            {
                _parked.Remove(ticket.Order, out (ulong Record, PendingMiss Miss) parked);
                Send(parked.Miss, ticket, parked.Record, reached);
            }
        }

        private void Send(in PendingMiss miss, in IssueTicket ticket, ulong record, VirtualTime reached)
        {
            if (!miss.BehindCut)
            {
                _engine.Answer(ticket, miss.Cycles);
                return;
            }

            VirtualTime at = _clock.TimeAt(ticket.AtUnits + (miss.Cycles * _clock.UnitsPerCycle));
            ulong wait = at < _answerFloor ? _clock.Frequency.CyclesCovering(_answerFloor - at) : 0;
            at = VirtualTime.Max(at, _answerFloor);
            if (at < reached)
            {
                throw new InvalidOperationException("a record where the peer has been");
            }

            Open.Add(new Flight(this, miss with { Cycles = miss.Cycles + (uint)wait }, ticket, at)
            {
                Number = _number++,
                Record = record,
            });
        }

        public void Answer(Flight flight)
        {
            Open.Remove(flight);
            _engine.Answer(flight.Ticket, flight.Miss.Cycles
                + _clock.Frequency.CyclesCovering(flight.Done - flight.At));
            if (!_engine.IsOutOfOrder && IssueEngine.Blocks(flight.Ticket.Kind))
            {
                _answerFloor = flight.Done;
            }
        }

        public void Report(VcpuReport report)
        {
            _engine.Save(report.State);
            report.Open.Clear();
            if (_engine.IsOutOfOrder)
            {
                return;
            }

            report.Open.AddRange(Open.Select(o => new OpenRequest(
                new MemoryRequest(o.At, id, o.Number, o.Miss.Line, o.Miss.Kind),
                o.Ticket,
                o.Miss.Cycles)));
        }
    }
}
