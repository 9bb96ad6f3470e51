using System.Text;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

public sealed class PacketTests
{
    [Theory]
    [InlineData("$OK#9a", "OK")]
    [InlineData("$#00", "")]
    [InlineData("noise$m0,4#FD", "m0,4")]
    [InlineData("$g#$OK#9a", "OK")]
    [InlineData("$ab$OK#9a", "OK")]
    [InlineData("$}\u0003}]}\u0004}\n#62", "#}$*")]
    public void APacketIsFoundInWhatComes(string sent, string payload) =>
        Packets(Encoding.Latin1.GetBytes(sent)).ShouldBe([payload]);

    [Theory]
    [InlineData("$OK#9b")]
    [InlineData("$OK#9")]
    [InlineData("$OK#zz")]
    [InlineData("$OK#")]
    [InlineData("$OK")]
    [InlineData("$O}#cc")]
    [InlineData("OK#9a")]
    public void ADamagedPacketIsNone(string sent) =>
        Packets(Encoding.Latin1.GetBytes(sent)).ShouldBeEmpty();

    [Fact]
    public void APacketTooLongIsDamaged_AndTheNextIsTaken()
    {
        byte[] longest = PacketWriter.Frame(new byte[PacketReader.PayloadBytesMax]);
        byte[] longer = PacketWriter.Frame(new byte[PacketReader.PayloadBytesMax + 1]);
        byte[] next = PacketWriter.Frame("OK"u8);
        Packets([.. longer, .. next]).ShouldBe(["OK"]);
        Packets([.. longest, .. next]).Count.ShouldBe(2);
    }

    [Fact]
    public void SignsBetweenPacketsAreTold_AndWithinThemAreNone()
    {
        PacketReader reader = new();
        Events(reader, "+-\u0003x"u8).ShouldBe(
            [PacketEvent.Acknowledged, PacketEvent.Refused, PacketEvent.Interrupt]);
        Events(reader, "$+-\u0003#5b"u8).ShouldBe([PacketEvent.Packet]);
    }

    [Fact]
    public void WhatIsWritten_IsReadAgain()
    {
        byte[] all = [.. Enumerable.Range(0, 512).Select(i => (byte)i)];
        Packets(PacketWriter.Frame(all)).ShouldBe([Encoding.Latin1.GetString(all)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_IsEndedByAGoodPacket(int seed)
    {
        Random random = new(seed);
        PacketReader reader = new();
        for (int round = 0; round < 200; round++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            for (int i = 0; i < noise.Length; i += random.Next(1, 9))
            {
                noise[i] = "$#}+-*09af"u8[random.Next(10)];
            }

            foreach (byte value in noise)
            {
                reader.Take(value);
            }

            // Whatever it believes to be in by now, this many bytes are behind it.
            Events(reader, "#00#00"u8);
            Events(reader, PacketWriter.Frame("qC"u8))[^1].ShouldBe(PacketEvent.Packet);
            Encoding.Latin1.GetString(reader.Payload).ShouldBe("qC");
        }
    }

    private static List<PacketEvent> Events(PacketReader reader, ReadOnlySpan<byte> bytes)
    {
        List<PacketEvent> events = [];
        foreach (byte value in bytes)
        {
            PacketEvent what = reader.Take(value);
            if (what != PacketEvent.None)
            {
                events.Add(what);
            }
        }

        return events;
    }

    private static List<string> Packets(ReadOnlySpan<byte> bytes)
    {
        PacketReader reader = new();
        List<string> packets = [];
        foreach (byte value in bytes)
        {
            if (reader.Take(value) == PacketEvent.Packet)
            {
                packets.Add(Encoding.Latin1.GetString(reader.Payload));
            }
        }

        return packets;
    }
}
