using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>The messages of tests/vectors/wire with the issue set `interval`, and what a reader must refuse
/// of them: as <see cref="WireVectorMaker"/>'s session, with 3 loads in flight and 2 miss registers.</summary>
internal static class CoreVectorMaker
{
    private const ulong Unanswered = IssueStateView.Unanswered;

    public static SessionShape Shape => WireVectorMaker.Shape with { Interval = new IntervalShape(3, 2) };

    public static IEnumerable<WireVector> All => [Welcome(), Interval(), Done(), .. Bad()];

    private static WireVector Welcome()
    {
        Vcpu vcpu = new()
        {
            FrequencyHz = 3_000_000_000,
            UnitsPerCycle = 4,
            LoadHitCycles = 4,
            StoreBufferEntries = WireVectorMaker.Entries,
            WindowUnits = 224,
            LoadQueueEntries = 3,
            MissRegisters = 2,
        };
        return WireVectorMaker.Message("welcome-core", new Envelope
        {
            Sequence = 1,
            Welcome = new Welcome
            {
                Version = 1,
                Session = "wide",
                Node = "node0",
                LineSizeBytes = WireVectorMaker.LineSizeBytes,
                MinLatencyPs = 20_000,
                IssueSet = "interval",
                Vcpus = { vcpu, vcpu },
                HeartbeatMs = 500,
            },
        });
    }

    private static WireVector Interval()
    {
        IntervalWriter writer = new(WireVectorMaker.Vcpus, hasProgram: true);
        ulong far = 1ul << 40, widest = uint.MaxValue;
        writer.Begin(1, new VirtualTime(10_000_000), new VirtualTime(12_500_000));
        writer.AddVcpu(120_000, isIdle: false);
        writer.AddRecords(
        [
            new(1000, 0x1_0000_0040, 12, MemoryEventKind.Load, true, 900),
            new(1004, 0x1_0000_0080, 12, MemoryEventKind.Modify, true, 904, 900),
            new(1004, 0x1_0000_00C0, 12, MemoryEventKind.Writeback, true, 904),
            new(1010, 0, 0, MemoryEventKind.Drain, false, 910),
            new(1011, 0, 15, MemoryEventKind.Mispredict, false, 911, 900),
            new(1012, 0, 15, MemoryEventKind.Mispredict, false, 912),
            new(1000 + widest, 0x1_0000_0100, 9, MemoryEventKind.Load, true, 900 + widest, 900),
            new(1001 + widest, 0x1_0000_0140, 9, MemoryEventKind.Load, true, 901 + widest, 0),
            new(far, 0x1_0000_0180, 1, MemoryEventKind.Atomic, true, far, far - 1),
        ]);
        writer.AddVcpu(7, isIdle: true);
        writer.AddState(new IssueStateView(80, 3, false, [1, 2, 3, ulong.MaxValue - 1])
        {
            NextRegister = 1,
            RegisterDone = [70, 75],
            LoadPosition = [10, 20],
            LoadProgram = [9, 18],
            LoadDone = [75, 0],
        });
        writer.AddRecords([new WireRecord(30, 0x40, 5, MemoryEventKind.Store, true, 27, 18)]);
        return WireVectorMaker.Message("interval-core", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector Done()
    {
        IntervalDoneWriter writer = new(WireVectorMaker.Vcpus);
        writer.Begin(1, new VirtualTime(10_000_000));
        writer.AddVcpu(
            new VcpuSums(3, 2, 143_000, 80_000, 1),
            new IssueStateView(1_000_000, 2, true, [0, 9, 11, Unanswered])
            {
                NextRegister = 0,
                RegisterDone = [Unanswered, 12],
                LoadPosition = [1000, 1004, 1006],
                LoadProgram = [900, 904, 906],
                LoadDone = [1180, Unanswered, Unanswered],
            },
            [],
            [0x1_0000_0040],
            new VcpuLatencies([213, 1, 975, 1], 63_000),
            [new WireAnswer(2, 80_000), new WireAnswer(0, 63_000)]);
        writer.AddVcpu(
            default,
            new IssueStateView(80, 3, false, [1, 2, 3, 4])
            {
                NextRegister = 1,
                RegisterDone = [70, 75],
            },
            [],
            []);
        return WireVectorMaker.Message("interval-done-core", 2, writer.Envelope, writer.Payload);
    }

    private static IEnumerable<WireVector> Bad()
    {
        WireVector interval = Interval();

        // Of block 0, seven records: offset and cycles of 32 bytes, line of 56, kind of 8, then names.
        int block = (int)interval.Envelope.Interval.Blocks[0].Offset;
        int kinds = block + 32 + 32 + 56;
        yield return WireVectorMaker.Damage(
            interval, "bad-core-drain", "a drain of block 0 is behind the cut", kinds + 3, 0x8A);
        yield return WireVectorMaker.Damage(
            interval, "bad-core-kind", "a kind of block 0 is 12", kinds + 3, 12);
        yield return WireVectorMaker.Damage(
            interval, "bad-core-branch", "a misprediction of block 0 is behind the cut", kinds + 4, 0x8B);
        yield return WireVectorMaker.Damage(
            interval, "bad-core-producer", "a producer of block 0 is before the program's start",
            kinds + 8 + 32 + 7, 0x80);
        yield return WireVectorMaker.Damage(
            interval, "bad-core-padding", "what pads the producers of block 0 is not zero",
            kinds + 8 + 32 + 28, 1);
        yield return WireVectorMaker.Change(
            interval, "bad-core-name", "names of block 0 pass 2^64",
            e => e.Interval.Blocks[0].BaseProgram = ulong.MaxValue - 2);
        int state = (int)interval.Envelope.Interval.Vcpus[1].StateOffset;
        yield return WireVectorMaker.Damage(
            interval, "bad-core-register", "next miss register is 2 of 2", state + 48, 2);
        yield return WireVectorMaker.Damage(
            interval, "bad-core-loads", "4 loads in flight of 3", state + 52, 4);
        IntervalWriter writer = new(WireVectorMaker.Vcpus, hasProgram: true);
        writer.Begin(1, new VirtualTime(10), new VirtualTime(10));
        writer.AddVcpu(0, isIdle: false);
        writer.AddVcpu(0, isIdle: false);
        writer.AddState(new IssueStateView(0, 0, false, [0, 0, 0, 0])
        {
            RegisterDone = [0, 0],
            LoadPosition = [10],
            LoadProgram = [9],
            LoadDone = [Unanswered],
        });
        yield return WireVectorMaker.Message("bad-core-waits", 2, writer.Envelope, writer.Payload) with
        {
            Refusal = "a load is unanswered in an Interval",
        };
    }
}
