using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class MessageTests
{
    [Fact]
    public void Messages_AreNumberedFromOneAndHeartbeatsAreNot()
    {
        MessageWriter writer = new();
        MessageReader reader = new();

        Pass(writer, reader, new Envelope { Hello = new Hello() }).Sequence.ShouldBe(1ul);
        Pass(writer, reader, new Envelope { Heartbeat = new Heartbeat() }).Sequence.ShouldBe(0ul);
        Pass(writer, reader, new Envelope { Bye = new Bye() }).Sequence.ShouldBe(2ul);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    [InlineData(3ul)]
    public void Sequence_WithAGapOrARepeatIsRefused(ulong sequence)
    {
        MessageReader reader = new();
        reader.Read(Frame(1), 0);

        Should.Throw<ProtocolException>(() => reader.Read(Frame(sequence), 0)).Message
            .ShouldBe($"frame 0, sequence: expected 2 in Resume, got {sequence}");
    }

    [Fact]
    public void WhatIsNoMessage_IsRefused()
    {
        Refusal([0xFF, 0xFF]).ShouldContain("frame 0, envelope: expected a protobuf message");
        Refusal([]).ShouldBe(
            "frame 0, body: expected a message of this version, got none");
    }

    [Fact]
    public void Sizes_OverTheLimitAreRefusedBeforeDecoding()
    {
        byte[] large = new byte[ProtocolLimits.HeaderBytesMax + 1];

        Refusal(large).ShouldBe("frame 0, size: expected at most 1048576 bytes, got 1048577");
        Should.Throw<ProtocolException>(
                () => new MessageReader().Read(Frame(1), ProtocolLimits.PayloadBytesMax + 1))
            .Message.ShouldBe("frame 1, size: expected at most 268435456 bytes, got 268435457");
        Should.Throw<ProtocolException>(() => new MessageWriter().Write(
            new Envelope { Bye = new Bye { Text = new string('x', large.Length) } }));
    }

    private static Envelope Pass(MessageWriter writer, MessageReader reader, Envelope envelope) =>
        reader.Read(writer.Write(envelope), 0);

    private static byte[] Frame(ulong sequence) =>
        new Envelope { Sequence = sequence, Resume = new Resume() }.ToByteArray();

    private static string Refusal(byte[] header) =>
        Should.Throw<ProtocolException>(() => new MessageReader().Read(header, 0)).Message;
}
