using Dilaton.Core;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>The issue engine's set `interval`; one unit is one cycle and one instruction.</summary>
public sealed class IntervalCoreTests
{
    private const ulong Window = 50;

    [Fact]
    public void ALoad_StallsForWhatTheWindowDoesNotHide()
    {
        IssueEngine engine = Create();
        Charge(engine, 10, MemoryEventKind.Load, 200);
        Charge(engine, 10 + Window - 1, MemoryEventKind.Prefetch, 1);
        engine.StallUnits.ShouldBe(0UL);

        // The instruction one window behind it dispatches when it is done, at 210.
        Charge(engine, 10 + Window, MemoryEventKind.Prefetch, 1);
        engine.StallUnits.ShouldBe(200 - Window);
    }

    [Fact]
    public void LoadsWithinAWindow_Overlap()
    {
        IssueEngine engine = Create();
        Charge(engine, 0, MemoryEventKind.Load, 200);
        Charge(engine, 20, MemoryEventKind.Load, 200);
        Drain(engine, 40).ShouldBe(220UL - 40);
    }

    [Fact]
    public void LoadsThatDependOnOneAnother_ComeOneAfterTheOther()
    {
        IssueEngine engine = Create();
        Charge(engine, 0, MemoryEventKind.Load, 200, name: 100);
        Charge(engine, 20, MemoryEventKind.Load, 200, name: 120, producer: 100);
        Drain(engine, 40).ShouldBe(400UL - 40);
    }

    [Fact]
    public void AMispredictedBranch_StallsUntilTheLoadItLooksAtIsDone_AndThePenaltyLonger()
    {
        IssueEngine engine = Create();
        Charge(engine, 10, MemoryEventKind.Load, 200, name: 10);
        Charge(engine, 15, MemoryEventKind.Mispredict, 7, name: 15);
        engine.StallUnits.ShouldBe(7UL, "it looks at no load");
        Charge(engine, 20, MemoryEventKind.Mispredict, 7, name: 20, producer: 10);

        // The load is done at 210, what follows the branch dispatches at 217.
        engine.StallUnits.ShouldBe(217UL - 20);
        engine.Stack[StallCause.Branch].ShouldBe(engine.StallUnits);
        Charge(engine, 30, MemoryEventKind.Mispredict, 7, name: 30, producer: 10);
        engine.StallUnits.ShouldBe(204UL, "the load is long done");
    }

    [Fact]
    public void AMispredictedBranch_WaitsForAnAnswerThatIsNotKnown()
    {
        IssueEngine engine = Create();
        var load = new IssueMiss(10, MemoryEventKind.Load, true, 10, IssueMiss.None);
        engine.Dispatch(load, out IssueTicket ticket).ShouldBe(IssueOutcome.Issued);
        var branch = new IssueMiss(20, MemoryEventKind.Mispredict, false, 20, 10) { Cause = StallCause.Branch };
        engine.WaitsBefore(branch).ShouldBeTrue();
        engine.Dispatch(branch, out _).ShouldBe(IssueOutcome.Blocked);
        engine.Answer(ticket, 100);
        engine.WaitsBefore(branch).ShouldBeFalse();
        engine.Charge(branch, 7);
        engine.StallUnits.ShouldBe(117UL - 20);
    }

    [Fact]
    public void MissRegisters_LimitWhatIsUnderWayBehindTheCut()
    {
        IssueEngine engine = Create(registers: 2);
        for (ulong i = 0; i < 6; i++)
        {
            Charge(engine, i, MemoryEventKind.Load, 100, behindCut: true);
        }

        // Pairs: the fourth issues at 101 when the second is done, the sixth at 201.
        Drain(engine, 6).ShouldBe(301UL - 6);
        IssueEngine wide = Create(registers: 2);
        for (ulong i = 0; i < 6; i++)
        {
            Charge(wide, i, MemoryEventKind.Load, 100);
        }

        Drain(wide, 6).ShouldBe(105UL - 6);
    }

    [Fact]
    public void TheLoadQueue_LimitsLoadsInFlight()
    {
        IssueEngine engine = Create(loads: 2);
        Charge(engine, 0, MemoryEventKind.Load, 30);
        Charge(engine, 1, MemoryEventKind.Load, 30);
        Charge(engine, 2, MemoryEventKind.Load, 30);
        engine.StallUnits.ShouldBe(28UL);
        Drain(engine, 3).ShouldBe(57UL);
    }

    [Fact]
    public void StoresStallForRoom_FetchesInFull_AndAtomicsForAllBefore()
    {
        IssueEngine engine = Create(stores: 1);
        Charge(engine, 0, MemoryEventKind.Store, 40);
        engine.StallUnits.ShouldBe(0UL);
        Charge(engine, 10, MemoryEventKind.Store, 40);
        engine.StallUnits.ShouldBe(30UL);
        Charge(engine, 10, MemoryEventKind.Fetch, 7);
        engine.StallUnits.ShouldBe(37UL);

        // The second store is done at 80; then the atomic's own 5.
        Charge(engine, 20, MemoryEventKind.Atomic, 5);
        engine.StallUnits.ShouldBe(65UL);
    }

    [Fact]
    public void StallGrowsWithLatency() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            IssueEngine less = CreateRandom(seed);
            IssueEngine more = CreateRandom(seed);
            var random = new Random(seed);
            foreach (IssueMiss miss in Stream(seed, 200))
            {
                ulong latency = (ulong)random.Next(0, 150);
                ulong extra = random.Next(3) == 0 ? (ulong)random.Next(0, 150) : 0;
                ulong at = ChargeAt(less, miss, latency);
                ChargeAt(more, miss, latency + extra).ShouldBeGreaterThanOrEqualTo(at, $"seed {seed}");
                more.StallUnits.ShouldBeGreaterThanOrEqualTo(less.StallUnits, $"seed {seed}");
            }
        }).CheckSeeded();

    /// <summary>What a peer does: answers come in the order of time, each at its own.</summary>
    [Fact]
    public void AnswersInTheOrderOfTime_GiveTheSame_AndNothingIssuesInThePast() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            IssueMiss[] stream = [.. Stream(seed, 120)];
            var random = new Random(seed);
            ulong[] latencies = [.. stream.Select(_ => (ulong)random.Next(1, 200))];
            IssueEngine known = CreateRandom(seed);
            var expected = new List<ulong>();
            for (int i = 0; i < stream.Length; i++)
            {
                expected.Add(ChargeAt(known, stream[i], latencies[i]));
            }

            var timed = new TimedAnswers(CreateRandom(seed), latencies);
            timed.Run(stream).ShouldBe([.. expected], $"seed {seed}");
            timed.Engine.StallUnits.ShouldBe(known.StallUnits);
        }).CheckSeeded();

    [Fact]
    public void AnEngineGoesOnFromTheStateOfAnother() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            IssueMiss[] stream = [.. Stream(seed, 80)];
            IssueEngine first = CreateRandom(seed);
            IssueEngine second = CreateRandom(seed);
            var random = new Random(seed);
            int cut = random.Next(80);
            for (int i = 0; i < cut; i++)
            {
                ChargeAt(first, stream[i], (ulong)random.Next(0, 150));
            }

            IssueState state = first.NewState();
            first.Save(state);
            second.Load(state);
            for (int i = cut; i < stream.Length; i++)
            {
                ulong latency = (ulong)random.Next(0, 150);
                ulong at = ChargeAt(first, stream[i], latency);
                ChargeAt(second, stream[i], latency).ShouldBe(at, $"seed {seed}");
            }

            IssueState other = second.NewState();
            first.Save(state);
            second.Save(other);
            other.IsSameAs(state).ShouldBeTrue($"seed {seed}");
            other.Interval!.RegisterDone[0]++;
            other.IsSameAs(state).ShouldBeFalse();
        }).CheckSeeded();

    [Fact]
    public void AMissAllocatesNothing()
    {
        IssueEngine engine = Create(registers: 2);
        IssueMiss[] stream = [.. Stream(1, 400).Where(m => m.Kind is MemoryEventKind.Load or MemoryEventKind.Store)];
        foreach (IssueMiss miss in stream)
        {
            engine.Charge(miss, 30);
        }

        ulong after = stream[^1].Position;
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (IssueMiss miss in stream)
        {
            engine.Charge(miss with { Position = after + miss.Position }, 30);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static IssueEngine Create(int loads = 16, int stores = 4, int registers = 8) =>
        new(new IssueParameters
        {
            LoadHitCycles = 4,
            StoreBufferEntries = stores,
            UnitsPerCycle = 1,
            Interval = new IntervalParameters
            {
                WindowUnits = Window,
                LoadQueueEntries = loads,
                MissRegisters = registers,
            },
        });

    private static IssueEngine CreateRandom(int seed) => Create(1 + (seed % 7), 1 + (seed % 3), 1 + (seed % 5));

    /// <summary>Misses in program order, each with its number as its name.</summary>
    private static IEnumerable<IssueMiss> Stream(int seed, int count)
    {
        MemoryEventKind[] kinds =
        [
            MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Store,
            MemoryEventKind.Modify, MemoryEventKind.Fetch, MemoryEventKind.Atomic, MemoryEventKind.Drain,
            MemoryEventKind.Prefetch, MemoryEventKind.Mispredict,
        ];
        var random = new Random(seed);
        ulong position = 0;
        for (int i = 0; i < count; i++)
        {
            position += (ulong)random.Next(0, 20);
            ulong producer = random.Next(2) == 0 ? IssueMiss.None : (ulong)Math.Max(0, i - random.Next(1, 6));
            MemoryEventKind kind = kinds[random.Next(kinds.Length)];
            bool passes = kind is not (MemoryEventKind.Drain or MemoryEventKind.Prefetch or MemoryEventKind.Mispredict)
                && random.Next(3) > 0;
            yield return new IssueMiss(position, kind, passes, (ulong)i, producer);
        }
    }

    private static void Charge(
        IssueEngine engine,
        ulong position,
        MemoryEventKind kind,
        ulong latency,
        bool behindCut = false,
        ulong name = 0,
        ulong producer = IssueMiss.None) =>
        engine.Charge(
            new IssueMiss(position, kind, behindCut, name, producer)
            {
                Cause = kind == MemoryEventKind.Mispredict ? StallCause.Branch : StallCause.Memory,
            },
            latency);

    private static ulong ChargeAt(IssueEngine engine, in IssueMiss miss, ulong latency)
    {
        engine.Dispatch(miss, out IssueTicket ticket).ShouldBe(IssueOutcome.Issued);
        engine.Answer(ticket, latency);
        return ticket.AtUnits;
    }

    private static ulong Drain(IssueEngine engine, ulong position)
    {
        Charge(engine, position, MemoryEventKind.Drain, 0);
        return engine.StallUnits;
    }

    /// <summary>Answers each miss when its time has come, as an event-driven peer does.</summary>
    private sealed class TimedAnswers(IssueEngine engine, ulong[] latencies)
    {
        private readonly PriorityQueue<IssueTicket, (ulong, ulong)> _open = new();
        private readonly ulong[] _issuedAt = new ulong[latencies.Length];
        private ulong _now;

        public IssueEngine Engine => engine;

        public ulong[] Run(IssueMiss[] stream)
        {
            int next = 0;
            while (true)
            {
                bool waits = next < stream.Length && engine.WaitsBefore(stream[next]);
                if (next < stream.Length && Step(stream[next], waits))
                {
                    next++;
                }
                else if (!_open.TryDequeue(out IssueTicket ticket, out (ulong At, ulong) when))
                {
                    next.ShouldBe(stream.Length);
                    return _issuedAt;
                }
                else
                {
                    _now = when.At;
                    engine.Answer(ticket, latencies[ticket.Order]);
                    while (engine.TryRelease(out IssueTicket released))
                    {
                        Issue(released);
                    }
                }
            }
        }

        private bool Step(in IssueMiss miss, bool waits)
        {
            IssueOutcome outcome = engine.Dispatch(miss, out IssueTicket ticket);
            (outcome == IssueOutcome.Blocked).ShouldBe(waits);
            if (outcome == IssueOutcome.Issued)
            {
                Issue(ticket);
            }

            return outcome != IssueOutcome.Blocked;
        }

        private void Issue(in IssueTicket ticket)
        {
            ticket.AtUnits.ShouldBeGreaterThanOrEqualTo(_now, "a miss issues in the past");
            _issuedAt[ticket.Order] = ticket.AtUnits;
            _open.Enqueue(ticket, (ticket.AtUnits + latencies[ticket.Order], ticket.Order));
        }
    }
}
