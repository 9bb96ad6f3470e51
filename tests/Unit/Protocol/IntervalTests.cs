using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class IntervalTests
{
    private const int Vcpus = 2;
    private const int Entries = 4;

    private static readonly SessionShape s_shape = SessionShape.Uniform(Vcpus, 64, Entries);

    [Fact]
    public void Interval_ComesBackAsItWas()
    {
        IntervalWriter writer = new(Vcpus);
        for (ulong number = 1; number < 4; number++)
        {
            WireRecord[] records =
            [
                new(number, 64, 12, MemoryEventKind.Load, true),
                new(number + 1, 128, 12, MemoryEventKind.Writeback, false),
            ];
            writer.Begin(number, new VirtualTime(1000), new VirtualTime(5000));
            writer.AddVcpu(77, isIdle: false);
            writer.AddRecords(records);
            writer.AddVcpu(number, isIdle: true);
            writer.AddState(new IssueStateView(9, 3, false, [1, 2, 3, number]));

            IntervalReader reader = Open(writer, number);
            reader.End.ShouldBe(new VirtualTime(1000));
            reader.Limit.ShouldBe(new VirtualTime(5000));
            reader.FloorUnits(0).ShouldBe(77ul);
            reader.IsIdle(1).ShouldBeTrue();
            reader.TryReadState(0, out _).ShouldBeFalse();
            reader.TryReadState(1, out IssueStateView state).ShouldBeTrue();
            state.StallUnits.ShouldBe(9ul);
            state.NextEntry.ShouldBe(3);
            state.StoreDone.ToArray().ShouldBe([1ul, 2ul, 3ul, number]);
            reader.BlockCount.ShouldBe(1);
            RecordBlockView block = reader.ReadBlock(0);
            block.Vcpu.ShouldBe(0);
            new[] { block[0], block[1] }.ShouldBe(records);
        }
    }

    [Fact]
    public void Interval_OfAnotherNumberOrShapeIsRefused()
    {
        IntervalWriter writer = new(Vcpus);
        writer.Begin(5, new VirtualTime(10), new VirtualTime(9));
        writer.AddVcpu(0, isIdle: false);

        Refusal(() => Open(writer, 6)).ShouldBe(
            "frame 0, interval.number: expected 6, got 5");
        Refusal(() => Open(writer, 5)).ShouldBe(
            "frame 0, interval.vcpus: expected 2 of them, got 1");
        writer.AddVcpu(0, isIdle: false);
        Refusal(() => Open(writer, 5)).ShouldBe(
            "frame 0, interval.limit_ps: expected at least end_ps (10), got 9");
    }

    [Fact]
    public void Interval_StateThatWaitsIsRefused()
    {
        IntervalWriter writer = new(Vcpus);
        writer.Begin(1, default, default);
        writer.AddVcpu(0, isIdle: false);
        writer.AddState(new IssueStateView(0, 0, true, [0, 0, 0, 0]));
        writer.AddVcpu(0, isIdle: false);
        writer.AddState(new IssueStateView(0, 0, false, [0, ulong.MaxValue, 0, 0]));

        Refusal(() => Open(writer, 1).TryReadState(0, out _))
            .ShouldContain("interval.vcpus[0].state_offset: expected a state with nothing");
        Refusal(() => Open(writer, 1).TryReadState(1, out _))
            .ShouldContain("interval.vcpus[1].state_offset: expected a state with nothing");
    }

    [Fact]
    public void IntervalDone_ComesBackAsItWas()
    {
        WireOpenRequest[] open =
        [
            new(10, new VirtualTime(500), 12, 2, MemoryEventKind.Store),
            new(11, new VirtualTime(400), 30, -1, MemoryEventKind.Writeback),
            new(12, new VirtualTime(600), 12, -1, MemoryEventKind.Fetch),
        ];
        IntervalDoneWriter writer = new(Vcpus);
        for (ulong number = 1; number < 4; number++)
        {
            VcpuSums sums = new(number, 2, 3, 4, 5);
            writer.Begin(number, new VirtualTime(800));
            writer.AddVcpu(
                sums, new IssueStateView(7, 3, true, [1, 2, ulong.MaxValue, 4]), open,
                [64, 4096]);
            writer.AddVcpu(default, new IssueStateView(0, 0, false, [0, 0, 0, 0]), [], []);

            IntervalDoneReader reader = Open(writer, number);
            reader.Reached.ShouldBe(new VirtualTime(800));
            reader.Sums(0).ShouldBe(sums);
            reader.ReadState(0).IsBlocked.ShouldBeTrue();
            reader.ReadState(0).StoreDone.ToArray().ShouldBe([1ul, 2ul, ulong.MaxValue, 4ul]);
            OpenRequestView view = reader.ReadOpen(0);
            Enumerable.Range(0, view.Count).Count().ShouldBe(3);
            new[] { view[0], view[1], view[2] }.ShouldBe(open);
            reader.ReadDrops(0).ToArray().ShouldBe([64ul, 4096ul]);
            reader.ReadOpen(1).Count.ShouldBe(0);
            reader.ReadDrops(1).Length.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(0, false, MemoryEventKind.Store, 0, "an unanswered entry")]
    [InlineData(0, false, MemoryEventKind.Store, 4, "an unanswered entry")]
    [InlineData(0, false, MemoryEventKind.Store, -1, "an unanswered entry")]
    [InlineData(1, false, MemoryEventKind.Flush, 1, "no entry of a request but a store")]
    [InlineData(1, false, MemoryEventKind.Flush, -1, "1 stores, as the state has")]
    [InlineData(0, false, MemoryEventKind.Load, -1, "the core to wait for the last")]
    [InlineData(0, true, MemoryEventKind.Prefetch, -1, "the core to wait for the last")]
    public void IntervalDone_OpenRequestsThatContradictTheStateAreRefused(
        int unanswered, bool blocked, MemoryEventKind kind, int entry, string expected)
    {
        ulong[] done = [0, unanswered > 0 ? ulong.MaxValue : 0, 0, 0];
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, default);
        writer.AddVcpu(
            default, new IssueStateView(0, 0, blocked, done),
            [new WireOpenRequest(0, default, 0, entry, kind)], []);
        writer.AddVcpu(default, new IssueStateView(0, 0, false, [0, 0, 0, 0]), [], []);

        Refusal(() => Open(writer, 1).ReadOpen(0)).ShouldContain(expected);
    }

    [Theory]
    [InlineData(0UL, new ulong[0], true)]
    [InlineData(3UL, new ulong[0], true)]
    [InlineData(3UL, new ulong[] { 0, 1, 975, 2 }, true)]
    [InlineData(3UL, new ulong[] { 0, 1, 975 }, false)]
    [InlineData(3UL, new ulong[] { 0, 1, 976, 2 }, false)]
    [InlineData(3UL, new ulong[] { 5, 1, 5, 2 }, false)]
    [InlineData(3UL, new ulong[] { 5, 3, 6, 0 }, false)]
    [InlineData(3UL, new ulong[] { 5, 1, 6, 1 }, false)]
    [InlineData(3UL, new ulong[] { 5, 4, 6, ulong.MaxValue }, false)]
    public void IntervalDone_LatenciesAreThoseOfTheAnswers(ulong answered, ulong[] bins, bool isGood)
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, default);
        for (int i = 0; i < Vcpus; i++)
        {
            writer.AddVcpu(
                new VcpuSums(0, answered, 0, 0, 0), new IssueStateView(0, 0, false, [0, 0, 0, 0]), [], [],
                new VcpuLatencies(bins, 7));
        }

        if (isGood)
        {
            Open(writer, 1).ReadLatencies(1).Bins.ShouldBe(bins);
            Open(writer, 1).ReadLatencies(1).LeastPs.ShouldBe(7UL);
        }
        else
        {
            Refusal(() => Open(writer, 1).ReadLatencies(1)).ShouldContain("with the counts of 3 answers");
        }
    }

    [Fact]
    public void IntervalDone_AnswersComeBack_AndAreThoseCounted()
    {
        SessionShape shape = s_shape with { Interval = new IntervalShape(2, 1) };
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, default);
        for (int i = 0; i < Vcpus; i++)
        {
            writer.AddVcpu(
                new VcpuSums(5, 2, 3, 4, 0),
                new IssueStateView(0, 0, false, [0, 0, 0, 0]) { RegisterDone = [7] },
                [],
                [],
                default,
                [new WireAnswer(9, 100), new WireAnswer(8, 200)]);
        }

        IntervalDoneReader Read(SessionShape of) =>
            IntervalDoneReader.Open(writer.Envelope.IntervalDone, 1, of, writer.Payload);
        AnswerView answers = Read(shape).ReadAnswers(1);
        answers.Records.ToArray().ShouldBe([9ul, 8ul]);
        answers.LatenciesPs.ToArray().ShouldBe([100ul, 200ul]);
        Read(shape).ReadState(1).RegisterDone.ToArray().ShouldBe([7ul]);
        Read(shape).ReadOpen(1).Count.ShouldBe(0);
        Refusal(() => Read(s_shape).ReadAnswers(1)).ShouldContain("expected 0 answers, got 2");
        writer.Envelope.IntervalDone.Vcpus[0].AnswerCount = 1;
        Refusal(() => Read(shape).ReadAnswers(0)).ShouldContain("expected 2 answers, got 1");
        writer.Envelope.IntervalDone.Vcpus[0].OpenCount = 1;
        Refusal(() => Read(shape).ReadOpen(0)).ShouldContain("no open requests with interval");
    }

    [Fact]
    public void IntervalDone_BlockedForNothingIsRefused()
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, default);
        writer.AddVcpu(default, new IssueStateView(0, 0, true, [0, 0, 0, 0]), [], []);
        writer.AddVcpu(default, new IssueStateView(0, 0, false, [0, 0, 0, 0]), [], [65]);

        Refusal(() => Open(writer, 1).ReadOpen(0)).ShouldContain("that the blocked core waits");
        Refusal(() => Open(writer, 1).ReadDrops(1)).ShouldContain("lines at multiples of 64");
    }

    [Fact]
    public void Interval_IsBuiltAndEncodedWithoutAllocationOnceItIsWarm()
    {
        IntervalWriter writer = new(Vcpus);
        MessageWriter messages = new();
        WireRecord[] records = [.. Enumerable.Range(0, 300).Select(i =>
            new WireRecord((ulong)i, (ulong)i * 64, 12, MemoryEventKind.Load, true))];
        ulong[] done = [1, 2, 3, 4];
        long before = 0;
        for (ulong number = 1; number < 4; number++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            writer.Begin(number, new VirtualTime(1000), new VirtualTime(5000));
            writer.AddVcpu(77, isIdle: false);
            writer.AddRecords(records);
            writer.AddRecords(records);
            writer.AddVcpu(78, isIdle: true);
            writer.AddState(new IssueStateView(9, 3, false, done));
            messages.Write(writer.Envelope);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void IntervalDone_IsReadWithoutAllocation()
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, default);
        for (int i = 0; i < Vcpus; i++)
        {
            writer.AddVcpu(
                default, new IssueStateView(0, 0, false, [0, ulong.MaxValue, 0, 0]),
                [new WireOpenRequest(0, default, 0, 1, MemoryEventKind.Store)], [64]);
        }

        ulong sum = 0;
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            IntervalDoneReader reader = IntervalDoneReader.Open(
                writer.Envelope.IntervalDone, 1, s_shape, writer.Payload);
            for (int i = 0; i < Vcpus; i++)
            {
                OpenRequestView open = reader.ReadOpen(i);
                sum += open[0].IssueUnits + reader.ReadState(i).StallUnits + reader.ReadDrops(i)[0];
                sum += reader.Sums(i).Issued + reader.ReadLatencies(i).LeastPs;
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sum.ShouldBe(3ul * Vcpus * 64);
    }

    private static IntervalReader Open(IntervalWriter writer, ulong number)
    {
        ReadOnlySpan<byte> header = new MessageWriter().Write(writer.Envelope);
        Envelope envelope = new MessageReader().Read(header, writer.Payload.Length);
        return IntervalReader.Open(envelope.Interval, number, s_shape, writer.Payload);
    }

    private static IntervalDoneReader Open(IntervalDoneWriter writer, ulong number)
    {
        ReadOnlySpan<byte> header = new MessageWriter().Write(writer.Envelope);
        Envelope envelope = new MessageReader().Read(header, writer.Payload.Length);
        return IntervalDoneReader.Open(envelope.IntervalDone, number, s_shape, writer.Payload);
    }

    private static string Refusal(Action action) =>
        Should.Throw<ProtocolException>(action).Message;
}
