using System.Text;
using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

public sealed class BoardTests : ISerialPeer
{
    private const ushort Serial = 0x3f8;
    private readonly StringBuilder _sent = new();
    private readonly List<(int Line, bool IsHigh)> _interrupts = [];
    private readonly Board _board;
    private ulong _now;

    public BoardTests() => _board = new Board(new BoardOptions
    {
        Serial = this,
        Now = () => _now,
        SetInterrupt = (line, isHigh) => _interrupts.Add((line, isHigh)),
    });

    void ISerialPeer.Receive(byte value) => _sent.Append((char)value);

    [Fact]
    public void WhatIsWrittenToTheSerialPort_IsSent_ButForTheDivisor()
    {
        Print("hi");
        _board.Write(Serial + 3, 1, 0x83);
        _board.Write(Serial, 1, 12);
        _board.Read(Serial, 1).ShouldBe(12u);
        _board.Write(Serial + 3, 1, 3);
        _sent.ToString().ShouldBe("hi");
        _board.Read(Serial + 5, 1).ShouldBe(0x60u);
    }

    [Fact]
    public void TheSerialPort_InterruptsWhenAskedTo_UntilItIsHeard()
    {
        _board.Write(Serial + 1, 1, 2);
        _interrupts.ShouldBe([(4, true)]);
        _board.Read(Serial + 2, 1).ShouldBe(2u);
        _board.Read(Serial + 2, 1).ShouldBe(1u);
        Print("x");
        _interrupts.ShouldBe([(4, true), (4, false), (4, true)]);
        _board.Write(Serial + 1, 1, 1);
        _interrupts[^1].ShouldBe((4, false));
        _board.Input("ab"u8);
        _interrupts[^1].ShouldBe((4, true));
        _board.Read(Serial + 2, 1).ShouldBe(4u);
        _board.Read(Serial + 5, 1).ShouldBe(0x61u);
        (_board.Read(Serial, 1), _board.Read(Serial, 1)).ShouldBe(((uint)'a', (uint)'b'));
        _interrupts[^1].ShouldBe((4, false));
    }

    [Fact]
    public void ALoopedSerialPort_HearsItself_AndSaysWhichLinesAreUp()
    {
        _board.Write(Serial + 4, 1, 0x1a);
        (_board.Read(Serial + 6, 1) & 0xf0).ShouldBe(0x90u);
        Print("q");
        _board.Read(Serial, 1).ShouldBe((uint)'q');
        _sent.Length.ShouldBe(0);
    }

    [Fact]
    public void SerialInputThatNobodyTakes_IsLostAndCounted()
    {
        _board.Input(new byte[5000]);
        Statistic("lostSerialInput").ShouldBe(5000u - 4096);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00", "19 70 01 01 00 00 00 05")]
    [InlineData("2000-02-29T23:59:58", "20 00 02 29 23 59 58 03")]
    [InlineData("2026-01-01T12:34:56", "20 26 01 01 12 34 56 05")]
    [InlineData("2100-03-01T00:00:01", "21 00 03 01 00 00 01 02")]
    [InlineData("2199-12-31T23:59:59", "21 99 12 31 23 59 59 03")]
    public void TheClockChip_ShowsTheDate(string date, string registers)
    {
        _now = (ulong)DateTimeOffset.Parse($"{date}Z", System.Globalization.CultureInfo.InvariantCulture)
            .ToUnixTimeSeconds();
        string.Join(' ', new byte[] { 0x32, 9, 8, 7, 4, 2, 0, 6 }.Select(register =>
        {
            _board.Write(0x70, 1, register);
            return $"{_board.Read(0x71, 1):x2}";
        })).ShouldBe(registers);
    }

    [Fact]
    public void PortsThatNoDeviceHas_ReadAsOnes_AndAreCountedAndNamed()
    {
        _board.UnknownPorts().ShouldBeNull();
        for (int i = 0; i < 3; i++)
        {
            _board.Read(0xcf8, 4).ShouldBe(uint.MaxValue);
        }

        _board.Write(0x1234, 2, 7);
        Statistic("unknownPortReads").ShouldBe(3u);
        Statistic("unknownPortWrites").ShouldBe(1u);
        _board.UnknownPorts().ShouldEndWith("0xcf8 (3), 0x1234 (1)");
        _board.End.ShouldBeNull();
    }

    [Theory]
    [InlineData(0x604, 0x3400, 0, "switched the machine off")]
    [InlineData(0x64, 0xfe, 0, "reset the machine")]
    [InlineData(0xcf9, 6, 0, "reset the machine")]
    [InlineData(0xf4, 7, 7, "exited with code 7")]
    public void AGuestEnds_BySwitchingOff_Resetting_OrItsExitPort(int port, int value, int code, string why)
    {
        _board.Write((ushort)port, 2, (uint)value);
        _board.End.ShouldNotBeNull().Code.ShouldBe(code);
        _board.End.Why.ShouldContain(why);
        _board.Write(0xf4, 1, 9);
        _board.End.Code.ShouldBe(code, "the first word counts");
    }

    [Fact]
    public void OtherWordsToThosePorts_EndNothing()
    {
        _board.Write(0x604, 2, 0x1400);
        _board.Write(0x604, 2, 0x2400);
        _board.Write(0x64, 1, 0xad);
        _board.Write(0xcf9, 1, 2);
        _board.End.ShouldBeNull();
        _board.Read(0x604, 2).ShouldBe(1u);
        _board.Read(0x64, 1).ShouldBe(0u);
    }

    [Fact]
    public void AResetAfterAPanic_IsAFailure_WithTheKernelsWords()
    {
        Print("[    1.2] Kernel panic - not syncing: VFS: no root\r\n");
        _board.Panic.ShouldBe("Kernel panic - not syncing: VFS: no root");
        _board.Write(0x64, 1, 0xfe);
        _board.End.ShouldBe(new BoardEnd(
            1, "the guest reset the machine, after: Kernel panic - not syncing: VFS: no root"));
    }

    private void Print(string text)
    {
        foreach (char c in text)
        {
            _board.Write(Serial, 1, c);
        }
    }

    private UInt128 Statistic(string name)
    {
        StatisticsList list = new();
        _board.Collect(list);
        return list.Items.Single(item => item.Name == name).Value;
    }
}
