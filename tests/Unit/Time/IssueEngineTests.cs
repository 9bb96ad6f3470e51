using Dilaton.Core;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class IssueEngineTests
{
    [Theory]
    [InlineData(MemoryEventKind.Load, 36)]
    [InlineData(MemoryEventKind.Atomic, 36)]
    [InlineData(MemoryEventKind.Modify, 36)]
    [InlineData(MemoryEventKind.Fetch, 40)]
    [InlineData(MemoryEventKind.Mispredict, 40)]
    [InlineData(MemoryEventKind.Store, 0)]
    [InlineData(MemoryEventKind.Prefetch, 0)]
    [InlineData(MemoryEventKind.Flush, 0)]
    [InlineData(MemoryEventKind.KernelLoad, 0)]
    [InlineData(MemoryEventKind.KernelStore, 0)]
    [InlineData(MemoryEventKind.Writeback, 0)]
    public void Load_StallsForWhatTheHitPartLacks(MemoryEventKind kind, int cycles)
    {
        IssueEngine engine = Create(entries: 2, perCycle: 10);
        engine.TryIssue(1_000, kind, out IssueTicket ticket).ShouldBeTrue();
        ticket.AtUnits.ShouldBe(1_000UL);
        engine.Answer(ticket, 40);
        engine.StallUnits.ShouldBe((ulong)cycles * 10);
    }

    [Fact]
    public void Store_WaitsForTheOldestEntry()
    {
        IssueEngine engine = Create(entries: 2, perCycle: 1);
        Miss(engine, 0, MemoryEventKind.Store, 100).ShouldBe(0UL);
        Miss(engine, 10, MemoryEventKind.Store, 50).ShouldBe(10UL);

        // The oldest is done at 100, though a younger one is done at 60.
        Miss(engine, 20, MemoryEventKind.Store, 5).ShouldBe(100UL);
        engine.StallUnits.ShouldBe(80UL);
        Miss(engine, 21, MemoryEventKind.Store, 5).ShouldBe(101UL);
        engine.StallUnits.ShouldBe(80UL);
    }

    [Fact]
    public void NothingIssuesPastAnUnansweredLoad()
    {
        IssueEngine engine = Create(entries: 1, perCycle: 1);
        engine.TryIssue(0, MemoryEventKind.Load, out IssueTicket load).ShouldBeTrue();
        engine.TryIssue(1, MemoryEventKind.Prefetch, out _).ShouldBeFalse();
        engine.Answer(load, 10);
        engine.TryIssue(1, MemoryEventKind.Store, out IssueTicket store).ShouldBeTrue();
        store.AtUnits.ShouldBe(1UL + 6);
        engine.TryIssue(2, MemoryEventKind.Load, out IssueTicket next).ShouldBeTrue();
        engine.Answer(next, 4);
        engine.TryIssue(3, MemoryEventKind.Store, out _).ShouldBeFalse();
        engine.Answer(store, 10);
        engine.TryIssue(3, MemoryEventKind.Store, out IssueTicket last).ShouldBeTrue();
        last.AtUnits.ShouldBe(17UL);
    }

    [Fact]
    public void StallGrowsWithLatency() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            IssueEngine less = Create(entries: 1 + (seed % 4), perCycle: 3);
            IssueEngine more = Create(entries: 1 + (seed % 4), perCycle: 3);
            ulong position = 0;
            MemoryEventKind[] kinds =
            [
                MemoryEventKind.Load, MemoryEventKind.Store, MemoryEventKind.Store,
                MemoryEventKind.Fetch, MemoryEventKind.Modify, MemoryEventKind.Prefetch,
            ];
            for (int i = 0; i < 200; i++)
            {
                position += (ulong)random.Next(0, 60);
                MemoryEventKind kind = kinds[random.Next(kinds.Length)];
                ulong latency = (ulong)random.Next(0, 100);
                ulong extra = random.Next(3) == 0 ? (ulong)random.Next(0, 100) : 0;
                ulong at = Miss(less, position, kind, latency);
                Miss(more, position, kind, latency + extra).ShouldBeGreaterThanOrEqualTo(at);
                more.StallUnits.ShouldBeGreaterThanOrEqualTo(less.StallUnits, $"seed {seed}");
            }
        }).CheckSeeded();

    [Fact]
    public void AMissAllocatesNothing()
    {
        IssueEngine engine = Create(entries: 4, perCycle: 1);
        Miss(engine, 0, MemoryEventKind.Load, 9);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 1_000; i++)
        {
            engine.TryIssue(i, MemoryEventKind.Store, out IssueTicket ticket);
            engine.Answer(ticket, 30);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Charge_EqualsIssueAndAnswer()
    {
        MemoryEventKind[] kinds = Enum.GetValues<MemoryEventKind>();
        IssueEngine charged = Create(entries: 3, perCycle: 5);
        IssueEngine issued = Create(entries: 3, perCycle: 5);
        ulong x = 1;
        ulong position = 0;
        for (int i = 0; i < 10_000; i++)
        {
            x = (x * 6364136223846793005) + 1442695040888963407;
            MemoryEventKind kind = kinds[(x >> 33) % (ulong)kinds.Length];
            ulong latency = (x >> 40) % 100;
            position += (x >> 50) % 200;
            charged.Charge(position, kind, latency);
            Miss(issued, position, kind, latency);
            charged.StallUnits.ShouldBe(issued.StallUnits);
        }
    }

    private static IssueEngine Create(int entries, ulong perCycle) => new(new IssueParameters
    {
        LoadHitCycles = 4,
        StoreBufferEntries = entries,
        UnitsPerCycle = perCycle,
    });

    private static ulong Miss(
        IssueEngine engine, ulong position, MemoryEventKind kind, ulong latency)
    {
        engine.TryIssue(position, kind, out IssueTicket ticket).ShouldBeTrue();
        engine.Answer(ticket, latency);
        return ticket.AtUnits;
    }
}
