using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>The messages of tests/vectors/wire: a session of two vCPUs, then messages that a reader
/// must refuse.</summary>
internal static class WireVectorMaker
{
    public const int Vcpus = 2;
    public const int Entries = 4;
    public const uint LineSizeBytes = 64;

    private const ulong Unanswered = IssueStateView.Unanswered;

    public static SessionShape Shape => SessionShape.Uniform(Vcpus, LineSizeBytes, Entries);

    public static IEnumerable<WireVector> All =>
    [
        .. Opening(), Interval(), EmptyInterval(), AccessInterval(), Done(), EmptyDone(),
        CompletionDone(), .. Others(), .. Bad(), .. ClusterVectorMaker.All, .. CoreVectorMaker.All,
    ];

    /// <summary>Of the session that a vector belongs to.</summary>
    public static SessionShape ShapeOf(string name) =>
        name.Contains("core", StringComparison.Ordinal) ? CoreVectorMaker.Shape : Shape;

    private static IEnumerable<WireVector> Opening()
    {
        yield return Message("hello", new Envelope
        {
            Sequence = 1,
            Hello = new Hello
            {
                Version = 1,
                Peer = "memory",
                Software = "dilaton-peer",
                SoftwareVersion = "1.0",
                TicksPerSecond = ProtocolLimits.TicksPerSecond,
                LineSizeBytes = LineSizeBytes,
                Vcpus = 8,
                IssueSets = { "inorder", "interval" },
                MinLatencyPs = 20_000,
                ProcessId = 4321,
                Features = { "statistics", "ring" },
            },
        });
        Vcpu vcpu = new()
        {
            FrequencyHz = 3_000_000_000,
            UnitsPerCycle = 4,
            LoadHitCycles = 4,
            StoreBufferEntries = Entries,
        };
        yield return Message("welcome", new Envelope
        {
            Sequence = 1,
            Welcome = new Welcome
            {
                Version = 1,
                Session = "first-light",
                Node = "node0",
                LineSizeBytes = LineSizeBytes,
                MinLatencyPs = 20_000,
                IssueSet = "inorder",
                Vcpus = { vcpu, vcpu },
                Memory = { new MemoryRange { Begin = 0x1_0000_0000, SizeBytes = 1ul << 34 } },
                HeartbeatMs = 500,
                Windows =
                {
                    new Window { Name = "dev", Begin = 0x3_0000_0000, SizeBytes = 4096 },
                    new Window
                    {
                        Name = "far", Begin = 0x3_0010_0000, SizeBytes = 1 << 20, TimedOnly = true,
                    },
                },
                IntervalsUnderWay = 3,
            },
        });
    }

    private static WireVector Interval()
    {
        IntervalWriter writer = new(Vcpus);
        writer.Begin(1, new VirtualTime(10_000_000), new VirtualTime(12_500_000));
        writer.AddVcpu(120_000, isIdle: false);
        ulong widest = uint.MaxValue, far = 1ul << 40;
        writer.AddRecords(
        [
            new(1000, 0x1_0000_0040, 12, MemoryEventKind.Load, true),
            new(1000, 0x1_0000_0080, 12, MemoryEventKind.Writeback, true),
            new(1004, 0x1_0000_00C0, 30, MemoryEventKind.Store, false),
            new(1000 + widest, 0x1_0000_0100, 0, MemoryEventKind.Fetch, true),
            new(1001 + widest, 0x1_0000_0140, 1, MemoryEventKind.Atomic, true),
            new(far, 0x1_0000_0180, uint.MaxValue, MemoryEventKind.Flush, true),
            new(far + 1, 0xFFFF_FFFF_FFFF_FFC0, 2, MemoryEventKind.Prefetch, true),
            new((2 * far) + 900, 0x1_0000_01C0, 3, MemoryEventKind.KernelLoad, true),
            new((2 * far) + 901, 0x1_0000_0200, 4, MemoryEventKind.KernelStore, true),
            new((2 * far) + 902, 0x1_0000_0240, 5, MemoryEventKind.Modify, true),
        ]);
        writer.AddVcpu(7, isIdle: true);
        writer.AddState(new IssueStateView(80, 3, false, [1, 2, 3, ulong.MaxValue - 1]));
        writer.AddRecords([.. Enumerable.Range(0, 41).Select(i => new WireRecord(
            (ulong)i * 4, 0x2_0000_0000 + ((ulong)i * 64), (uint)i,
            (MemoryEventKind)(i % 10), i % 2 == 0))]);
        return Message("interval", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector EmptyInterval()
    {
        IntervalWriter writer = new(Vcpus);
        writer.Begin(2, new VirtualTime(20_000_000), VirtualTime.MaxValue);
        writer.AddVcpu(130_000, isIdle: false);
        writer.AddVcpu(0, isIdle: true);
        return Message("interval-empty", 3, writer.Envelope, writer.Payload);
    }

    private static WireVector AccessInterval()
    {
        IntervalWriter writer = new(Vcpus);
        writer.Begin(3, new VirtualTime(20_000_001), VirtualTime.MaxValue);
        writer.AddVcpu(130_000, isIdle: false);
        writer.AddAccess(
            1, new VirtualTime(20_000_001), new GuestPhysicalAddress(0x3_0000_0008), 8, true,
            [1, 2, 3, 4, 5, 6, 7, 255]);
        writer.AddVcpu(140_000, isIdle: false);
        writer.AddAccess(
            2, new VirtualTime(20_000_001), new GuestPhysicalAddress(0x3_0010_0020), 32, false, []);
        return Message("interval-access", 4, writer.Envelope, writer.Payload);
    }

    private static WireVector CompletionDone()
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(3, new VirtualTime(20_100_001));
        for (int i = 0; i < Vcpus; i++)
        {
            writer.AddVcpu(default, new IssueStateView(80, 3, false, [1, 2, 3, 4]), [], []);
        }

        writer.AddCompletion(new Completion { Id = 2, AtPs = 20_100_001 });
        writer.AddCompletion(new Completion
        {
            Id = 1,
            AtPs = 20_050_000,
            Data = ByteString.CopyFrom(0, 255),
        });
        return Message("interval-done-completion", 4, writer.Envelope, writer.Payload);
    }

    private static WireVector Done()
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(1, new VirtualTime(10_000_000));
        writer.AddVcpu(
            new VcpuSums(5, 2, 143_000, 80_000, 1),
            new IssueStateView(1_000_000, 2, true, [Unanswered, 9, 11, Unanswered]),
            [
                new(1004, new VirtualTime(9_000_000), 30, 3, MemoryEventKind.Store),
                new(1008, new VirtualTime(8_000_000), 12, -1, MemoryEventKind.Writeback),
                new(1012, new VirtualTime(9_900_000), 30, 0, MemoryEventKind.Store),
                new(ulong.MaxValue, new VirtualTime(10_000_001), 12, -1, MemoryEventKind.Modify),
            ],
            [0x1_0000_0040, 0xFFFF_FFFF_FFFF_FFC0],
            new VcpuLatencies([213, 1, 975, 1], 63_000));
        writer.AddVcpu(
            new VcpuSums(41, 20, ulong.MaxValue, ulong.MaxValue, 0),
            new IssueStateView(80, 3, false, [1, 2, 3, 4]), [], [0x40]);
        return Message("interval-done", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector EmptyDone()
    {
        IntervalDoneWriter writer = new(Vcpus);
        writer.Begin(2, new VirtualTime(20_000_000));
        for (int i = 0; i < Vcpus; i++)
        {
            writer.AddVcpu(default, new IssueStateView(80, 3, false, [1, 2, 3, 4]), [], []);
        }

        return Message("interval-done-empty", 3, writer.Envelope, writer.Payload);
    }

    private static IEnumerable<WireVector> Others() =>
    [
        Message("statistics", new Envelope
        {
            Sequence = 4,
            Statistics = new Statistics
            {
                Dump = true, Reset = true, Label = "region é", TimePs = 20_000_000,
            },
        }),
        Message("statistics-done", new Envelope { Sequence = 4, StatisticsDone = new() }),
        Message("heartbeat", new Envelope
        {
            Heartbeat = new Heartbeat { Peer = "memory", Progress = 77, TimePs = 19_999_999 },
        }),
        Message("pause", new Envelope { Sequence = 5, Pause = new Pause { Reason = "debugger" } }),
        Message("resume", new Envelope { Sequence = 6, Resume = new() }),
        Message("bye", new Envelope
        {
            Sequence = 8,
            Bye = new Bye { Code = Bye.Types.Code.Failed, Text = "no room", TimePs = ulong.MaxValue },
        }),
    ];

    private static IEnumerable<WireVector> Bad()
    {
        WireVector interval = Interval();
        yield return Change(interval, "bad-block-outside", "block 3 ends after the payload",
            e => e.Interval.Blocks[3].Count = 4000);
        yield return Change(interval, "bad-block-unaligned", "block 1 is not at a multiple of 8",
            e => e.Interval.Blocks[1].Offset += 4);
        yield return Change(interval, "bad-block-vcpu", "block 0 is of a vCPU that is not there",
            e => e.Interval.Blocks[0].Vcpu = 2);
        yield return Change(interval, "bad-block-overflow", "positions of block 0 pass 2^64",
            e => e.Interval.Blocks[0].BaseUnits = ulong.MaxValue - 2);
        int block = (int)interval.Envelope.Interval.Blocks[^1].Offset;
        yield return Damage(interval, "bad-offset", "an offset of the last block falls",
            block + (40 * 4), 1);
        yield return Damage(interval, "bad-padding", "what pads the offsets is not zero",
            block + (41 * 4), 1);
        yield return Damage(interval, "bad-line", "a line of the last block is not at 64 bytes",
            block + (2 * 168) + (20 * 8), 1);
        yield return Damage(interval, "bad-kind", "a kind of the last block is 10",
            block + (2 * 168) + (41 * 8) + 33, 10);
        yield return Damage(interval, "bad-kind-bits", "a kind of the last block has bit 4",
            block + (2 * 168) + (41 * 8) + 40, 0x90);
        int state = (int)interval.Envelope.Interval.Vcpus[1].StateOffset;
        yield return Damage(interval, "bad-state-entry", "next entry is 4 of 4", state + 8, 4);
        yield return Damage(interval, "bad-state-waits", "blocked in an Interval", state + 12, 1);
        yield return Change(interval, "bad-vcpus", "one vCPU instead of two",
            e => e.Interval.Vcpus.RemoveAt(1));
        yield return Change(interval, "bad-number", "interval 9 instead of 1",
            e => e.Interval.Number = 9);
        yield return Change(interval, "bad-limit", "the limit is before the end",
            e => e.Interval.LimitPs = 9_999_999);
        yield return Message("bad-body", new Envelope { Sequence = 2 }) with
        {
            Refusal = "no body",
        };
    }

    public static WireVector Message(string name, Envelope envelope) => new(name, envelope, []);

    public static WireVector Message(
        string name, ulong sequence, Envelope envelope, ReadOnlySpan<byte> payload)
    {
        envelope.Sequence = sequence;
        return new(name, envelope.Clone(), payload.ToArray());
    }

    public static WireVector Change(
        WireVector good, string name, string refusal, Action<Envelope> change)
    {
        Envelope envelope = good.Envelope.Clone();
        change(envelope);
        return new(name, envelope, good.Payload, refusal);
    }

    public static WireVector Damage(
        WireVector good, string name, string refusal, int at, byte value)
    {
        byte[] payload = [.. good.Payload];
        payload[at] = value;
        return new(name, good.Envelope, payload, refusal);
    }
}
