using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Dilaton.Tests.Differential;
using SeededRandom = Dilaton.Tests.Differential.SeededRandom;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Fuzz;

/// <summary>Damaged messages of tests/vectors/wire: their readers refuse them with
/// <see cref="ProtocolException"/> and nothing else, and what they accept keeps the rules of
/// docs/protocol.md.</summary>
public sealed class WireFuzzTests(ITestOutputHelper output)
{
    private const int CasesQuick = 30_000;
    private const int CasesSoak = 3_000_000;
    private const int Vcpus = 2;
    private const int Entries = 4;
    private const int Ports = 4;
    private const uint LineSizeBytes = 64;

    private static readonly SessionShape s_shape =
        SessionShape.Uniform(Vcpus, LineSizeBytes, Entries);

    private static readonly SessionShape s_coreShape = s_shape with { Interval = new IntervalShape(3, 2) };

    private static readonly ulong[] s_evil =
    [
        0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue - 7,
        ulong.MaxValue,
    ];

    public static TheoryData<string> Names => [.. Directory
        .GetFiles(WireVectorFile.Folder, "*.bin")
        .Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void DamagedMessages_AreRefusedOrSound(string name)
    {
        WireVectorFile good = WireVectorFile.Read(name);
        SeededRandom random = new(TestSettings.Seed);
        output.WriteLine($"seed {TestSettings.Seed}");
        int cases = (TestSettings.IsSoak ? CasesSoak : CasesQuick) / Names.Count;
        int accepted = 0;
        SessionShape shape = name.Contains("core", StringComparison.Ordinal) ? s_coreShape : s_shape;
        for (int i = 0; i < cases; i++)
        {
            bool inHeader = good.Payload.Length == 0 || random.OneIn(2);
            accepted += Accepts(
                inHeader ? Damage(good.Header, random) : good.Header,
                inHeader ? good.Payload : Damage(good.Payload, random),
                shape) ? 1 : 0;
        }

        accepted.ShouldBeLessThan(cases);
    }

    [Fact]
    public void RandomBytes_AreRefusedOrSound()
    {
        SeededRandom random = new(TestSettings.Seed);
        for (int i = 0; i < CasesQuick; i++)
        {
            byte[] header = new byte[random.Below(64)];
            byte[] payload = new byte[random.Below(256)];
            random.Fill(header);
            random.Fill(payload);
            Accepts(header, payload, random.OneIn(2) ? s_shape : s_coreShape);
        }
    }

    // Both ends read it, whichever it was for.
    private static bool Accepts(byte[] header, byte[] payload, SessionShape shape)
    {
        try
        {
            Envelope envelope = Parse(header, payload.Length);
            switch (envelope.BodyCase)
            {
                case Envelope.BodyOneofCase.Hello:
                    Handshake.Check(envelope.Hello, Expectations()).ShouldNotBeNull();
                    break;
                case Envelope.BodyOneofCase.Interval:
                    Read(IntervalReader.Open(
                        envelope.Interval, envelope.Interval.Number, shape, payload));
                    break;
                case Envelope.BodyOneofCase.IntervalDone:
                    Read(IntervalDoneReader.Open(
                        envelope.IntervalDone, envelope.IntervalDone.Number, shape, payload));
                    break;
                default:
                    ReadFrames(envelope, payload);
                    break;
            }

            return true;
        }
        catch (ProtocolException e)
        {
            e.Message.ShouldStartWith($"frame {e.Frame}, {e.Field}: expected ");
            return false;
        }
    }

    // The sequence number is right only by chance: the first or second of the reader.
    private static Envelope Parse(byte[] header, int payloadBytes)
    {
        MessageReader reader = new();
        try
        {
            return reader.Read(header, payloadBytes);
        }
        catch (ProtocolException e) when (e.Field == "sequence")
        {
            return Envelope.Parser.ParseFrom(header);
        }
    }

    private static void Read(IntervalReader reader)
    {
        for (int i = 0; i < Vcpus; i++)
        {
            if (reader.TryReadState(i, out IssueStateView state))
            {
                RequireSound(state);
                state.IsBlocked.ShouldBeFalse();
            }
        }

        for (int i = 0; i < reader.BlockCount; i++)
        {
            RecordBlockView block = reader.ReadBlock(i);
            block.Vcpu.ShouldBeInRange(0, Vcpus - 1);
            ulong last = 0;
            for (int r = 0; r < block.Count; r++)
            {
                WireRecord record = block[r];
                Require(record.PositionUnits >= last && record.PositionUnits >= block.BaseUnits);
                Require(record.Line % LineSizeBytes == 0);
                Require(Enum.IsDefined(record.Kind));
                Require(record.Kind is not (MemoryEventKind.Drain or MemoryEventKind.Mispredict) || !record.BehindCut);
                Require(record.Producer == WireRecord.NoProducer || record.Producer <= record.Program);
                last = record.PositionUnits;
            }
        }
    }

    private static void Read(IntervalDoneReader reader)
    {
        for (int i = 0; i < Vcpus; i++)
        {
            IssueStateView state = reader.ReadState(i);
            RequireSound(state);
            OpenRequestView open = reader.ReadOpen(i);
            for (int r = 0; r < open.Count; r++)
            {
                WireOpenRequest request = open[r];
                Require(Enum.IsDefined(request.Kind));
                Require(request.Entry < Entries);
                Require(request.Entry < 0
                    || state.StoreDone[request.Entry] == IssueStateView.Unanswered);
            }

            Require((ulong)reader.ReadAnswers(i).Count <= reader.Sums(i).Answered);
            foreach (ulong line in reader.ReadDrops(i))
            {
                Require(line % LineSizeBytes == 0);
            }
        }
    }

    private static void ReadFrames(Envelope envelope, byte[] payload)
    {
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Grant:
                GrantReader grant = GrantReader.Open(envelope.Grant, 0, Ports, payload);
                for (int i = 0; i < grant.NodeCount; i++)
                {
                    RequireSound(grant.ReadArrivals(i), grant.Until(i));
                }

                break;
            case Envelope.BodyOneofCase.Reached:
                ReachedReader reached = ReachedReader.Open(
                    envelope.Reached, ClusterGrant(envelope.Reached), Ports, payload);
                for (int i = 0; i < envelope.Reached.Nodes.Count; i++)
                {
                    RequireSound(reached.ReadDepartures(i), VirtualTime.MaxValue);
                }

                break;
            case Envelope.BodyOneofCase.Frames:
                RequireSound(
                    FramesReader.Open(
                        envelope.Frames, envelope.Frames.Number, new VirtualTime(5), Ports,
                        payload).Departures,
                    VirtualTime.MaxValue);
                break;
            case Envelope.BodyOneofCase.FramesDone:
                RequireSound(
                    FramesDoneReader.Open(
                        envelope.FramesDone, envelope.FramesDone.Number, default,
                        VirtualTime.MaxValue, default, Ports, payload).Arrivals,
                    VirtualTime.MaxValue);
                break;
            default:
                break;
        }
    }

    // The one that it could answer.
    private static Grant ClusterGrant(Reached reached)
    {
        var grant = new Grant { Round = reached.Round };
        foreach (NodeReached node in reached.Nodes)
        {
            grant.Nodes.Add(new NodeGrant { Node = node.Node, UntilPs = 1_000_000 });
        }

        return grant;
    }

    private static void RequireSound(in FrameBlockView frames, VirtualTime end)
    {
        List<FrameArrival> copies = [];
        frames.CopyTo(copies);
        copies.Count.ShouldBe(frames.Count);
        foreach (FrameArrival frame in copies)
        {
            Require(frame.Port is >= 0 and < Ports);
            Require(frame.Frame.Length is > 0 and <= FrameDeparture.LengthMax);
            Require(end == VirtualTime.MaxValue || frame.Time < end);
        }
    }

    private static void RequireSound(in IssueStateView state)
    {
        state.NextEntry.ShouldBeInRange(0, Entries - 1);
        state.StoreDone.Length.ShouldBe(Entries);
    }

    private static void Require(bool claim) => claim.ShouldBeTrue();

    private static HandshakeExpectations Expectations() => new()
    {
        Peer = "memory",
        VcpuCount = Vcpus,
        LineSizeBytes = LineSizeBytes,
        IssueSet = "inorder",
        MinLatencyPs = 20_000,
        Features = ["ring"],
    };

    private static byte[] Damage(byte[] good, SeededRandom random)
    {
        byte[] bytes = [.. good];
        int damages = 1 + random.Below(3);
        for (int i = 0; i < damages && bytes.Length > 0; i++)
        {
            int at = random.Below(bytes.Length);
            switch (random.Below(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next();
                    break;
                case 2:
                    Write(bytes, at & ~7, random.Pick<ulong>(s_evil), 8);
                    break;
                case 3:
                    Write(bytes, at & ~3, random.Pick<ulong>(s_evil), 4);
                    break;
                default:
                    bytes = random.OneIn(2)
                        ? bytes[..at]
                        : [.. bytes[..at], (byte)random.Next(), .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }

    private static void Write(byte[] bytes, int at, ulong value, int count)
    {
        for (int i = 0; i < count && at + i < bytes.Length; i++)
        {
            bytes[at + i] = (byte)(value >> (8 * i));
        }
    }
}
