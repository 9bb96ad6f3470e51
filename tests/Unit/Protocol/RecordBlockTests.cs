using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class RecordBlockTests
{
    private const uint LineSizeBytes = 64;
    private const ulong Far = uint.MaxValue;

    [Fact]
    public void Records_ComeBackAsTheyWere() => Prop.ForAll(
        WireSamples.Records().ToArbitrary(), records =>
        {
            (PayloadBuffer payload, List<RecordBlock> blocks) = Write(records);
            ReadAll(payload, blocks).ShouldBe(records);
        }).CheckSeeded();

    [Fact]
    public void Blocks_BeginWhereAnOffsetFallsOrPassesItsBits()
    {
        WireRecord[] records =
        [
            Record(5), Record(5 + Far), Record(6 + Far), Record(7), Record(7),
        ];
        (PayloadBuffer payload, List<RecordBlock> blocks) = Write(records);

        blocks.Select(b => b.Count).ShouldBe([2u, 1u, 2u]);
        blocks.Select(b => b.BaseUnits).ShouldBe([5ul, 6 + Far, 7ul]);
        ReadAll(payload, blocks).ShouldBe(records);
    }

    [Fact]
    public void Columns_ArePaddedWithZerosToEightBytes()
    {
        PayloadBuffer payload = new();
        payload.Append(4096, out _).Fill(0xFF);
        payload.Clear();
        List<RecordBlock> blocks = [];
        new RecordBlockWriter(payload).Write(0, [Record(1), Record(2), Record(3)], blocks);

        payload.Bytes.Length.ShouldBe(16 + 16 + 24 + 8);
        payload.Bytes[12..16].ToArray().ShouldBe(new byte[4]);
        payload.Bytes[28..32].ToArray().ShouldBe(new byte[4]);
        payload.Bytes[59..].ToArray().ShouldBe(new byte[5]);
    }

    [Theory]
    [InlineData(0, 0xFF, "do not fall")]
    [InlineData(32 * 8, 1, "multiples of 64")]
    [InlineData(32 * 16, 0x0A, "kinds 0 to 9")]
    [InlineData((32 * 16) + 31, 0x10, "kinds 0 to 9")]
    public void Columns_ThatBreakARuleAreRefused(int at, byte value, string expected)
    {
        (PayloadBuffer payload, List<RecordBlock> blocks) =
            Write([.. Enumerable.Range(0, 32).Select(i => Record((ulong)i))]);
        byte[] bytes = payload.Bytes.ToArray();
        bytes[at] = value;

        Refusal(blocks[0], bytes).ShouldContain(expected);
    }

    [Fact]
    public void Padding_ThatIsNotZeroIsRefused()
    {
        (PayloadBuffer payload, List<RecordBlock> blocks) = Write([Record(1)]);
        byte[] bytes = payload.Bytes.ToArray();
        bytes[5] = 1;

        Refusal(blocks[0], bytes).ShouldContain("expected zeros after each column");
    }

    [Theory]
    [InlineData(3ul, 1u, 0u, "a multiple of 8")]
    [InlineData(8ul, 1u, 0u, "32 bytes there in a payload of 32")]
    [InlineData(ulong.MaxValue - 7, 1u, 0u, "bytes there")]
    [InlineData(0ul, uint.MaxValue, 0u, "bytes there")]
    [InlineData(0ul, 1u, 4u, "a vCPU below 4")]
    public void Blocks_OutsideOfThePayloadAreRefused(
        ulong offset, uint count, uint vcpu, string expected)
    {
        RecordBlock block = new() { Offset = offset, Count = count, Vcpu = vcpu };

        Refusal(block, new byte[32]).ShouldContain(expected);
    }

    [Fact]
    public void Positions_ThatOverflowAreRefused()
    {
        (PayloadBuffer payload, List<RecordBlock> blocks) = Write([Record(1), Record(9)]);
        blocks[0].BaseUnits = ulong.MaxValue - 7;

        Refusal(blocks[0], payload.Bytes.ToArray()).ShouldContain("positions below 2^64");
    }

    [Fact]
    public void WithInterval_NamesAndProducersComeBack() => Prop.ForAll(
        WireSamples.Records().ToArbitrary(), positions =>
        {
            WireRecord[] records = [.. positions.Select((record, i) => record with
            {
                Program = record.PositionUnits / 2,
                Producer = i % 3 == 0 ? WireRecord.NoProducer : (record.PositionUnits / 2) - 1 - (ulong)i,
            })];
            PayloadBuffer payload = new();
            List<RecordBlock> blocks = [];
            new RecordBlockWriter(payload, hasProgram: true).Write(0, records, blocks);
            ReadAll(payload, blocks, hasProgram: true).ShouldBe(records);
        }).CheckSeeded();

    [Fact]
    public void WithInterval_BlocksBeginAlsoWhereANamePassesItsBits()
    {
        WireRecord[] records =
        [
            Record(5) with { Program = 7 }, Record(6) with { Program = 7 + Far, Producer = 7 },
            Record(7) with { Program = 8 + Far, Producer = 7 }, Record(8) with { Program = 3 },
        ];
        PayloadBuffer payload = new();
        List<RecordBlock> blocks = [];
        new RecordBlockWriter(payload, hasProgram: true).Write(0, records, blocks);

        blocks.Select(b => b.Count).ShouldBe([2u, 1u, 1u]);
        blocks.Select(b => b.BaseProgram).ShouldBe([7ul, 8 + Far, 3ul]);

        // A producer further back than any window is none.
        records[2] = records[2] with { Producer = WireRecord.NoProducer };
        ReadAll(payload, blocks, hasProgram: true).ShouldBe(records);
    }

    [Fact]
    public void Refusals_NameFrameAndField()
    {
        ProtocolException refusal = Should.Throw<ProtocolException>(() =>
            RecordBlockReader.Read(new RecordBlock { Offset = 1 }, 7, [], 4, LineSizeBytes));

        refusal.Frame.ShouldBe(1);
        refusal.Field.ShouldBe("interval.blocks[7]");
        refusal.Message.ShouldBe(
            "frame 1, interval.blocks[7]: expected a multiple of 8, got 1");
    }

    [Fact]
    public void Writing_AllocatesNothingOnceItIsWarm()
    {
        PayloadBuffer payload = new();
        RecordBlockWriter writer = new(payload);
        List<RecordBlock> blocks = new(16);
        WireRecord[] records = [.. Enumerable.Range(0, 1000).Select(i => Record((ulong)i))];
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            payload.Clear();
            writer.Clear();
            blocks.Clear();
            writer.Write(0, records, blocks);
            RecordBlockReader.Read(blocks[0], 0, payload.Bytes, 1, LineSizeBytes);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static string Refusal(RecordBlock block, byte[] payload) =>
        Should.Throw<ProtocolException>(() =>
            RecordBlockReader.Read(block, 0, payload, 4, LineSizeBytes)).Message;

    private static WireRecord Record(ulong position) =>
        new(position, position * LineSizeBytes, 12, MemoryEventKind.Store, BehindCut: true);

    private static (PayloadBuffer Payload, List<RecordBlock> Blocks) Write(WireRecord[] records)
    {
        PayloadBuffer payload = new();
        List<RecordBlock> blocks = [];
        new RecordBlockWriter(payload).Write(0, records, blocks);
        return (payload, blocks);
    }

    private static List<WireRecord> ReadAll(
        PayloadBuffer payload, List<RecordBlock> blocks, bool hasProgram = false)
    {
        List<WireRecord> records = [];
        for (int b = 0; b < blocks.Count; b++)
        {
            RecordBlockView view =
                RecordBlockReader.Read(blocks[b], b, payload.Bytes, 1, LineSizeBytes, hasProgram);
            for (int i = 0; i < view.Count; i++)
            {
                records.Add(view[i]);
            }
        }

        return records;
    }
}
