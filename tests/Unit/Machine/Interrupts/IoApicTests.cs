using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Intel, "82093AA I/O Advanced Programmable Interrupt Controller".</summary>
public sealed class IoApicTests
{
    private const uint Level = 1 << 15, Masked = 1 << 16, UnderWay = 1 << 14;
    private readonly List<InterruptMessage> _sent = [];
    private readonly IoApic _io;
    private bool _isHeard = true;

    public IoApicTests() => _io = new IoApic(message =>
    {
        _sent.Add(message);
        return _isHeard;
    });

    [Fact]
    public void ItHas24Lines_MaskedAtPowerOn()
    {
        Register(1).ShouldBe(0x0017_0011u);
        for (byte line = 0; line < 24; line++)
        {
            Register((byte)(0x10 + (2 * line))).ShouldBe(Masked);
            _io.Set(line, true);
        }

        Register(0x40).ShouldBe(0u);
        _sent.ShouldBeEmpty();
        Write(0, 0xffff_ffff);
        (Register(0), Register(2)).ShouldBe((0x0f00_0000u, 0x0f00_0000u));
    }

    [Fact]
    public void AnEdge_IsOneMessage_AndLostWhileMasked()
    {
        Entry(4, 0x0000_0841, 0x0300_0000);
        _io.Set(4, true);
        _io.Set(4, true);
        _sent.ShouldBe([new InterruptMessage(0x41, DeliveryMode.Fixed, 3, IsLogical: true, IsLevel: false)]);
        _io.Set(4, false);
        _io.Set(4, true);
        _sent.Count.ShouldBe(2);
        Entry(4, 0x41 | Masked, 0);
        _io.Set(4, false);
        _io.Set(4, true);
        Entry(4, 0x41, 0);
        _sent.Count.ShouldBe(2);
    }

    [Fact]
    public void ALevel_IsAMessageAfterEachEnd_AsLongAsItLasts()
    {
        Entry(20, 0x52 | Level | Masked, 0);
        _io.Set(20, true);
        _sent.ShouldBeEmpty();
        Entry(20, 0x52 | Level, 0);
        _sent.Count.ShouldBe(1);
        _sent[0].IsLevel.ShouldBeTrue();
        Register(0x38).ShouldBe(0x52 | Level | UnderWay);
        _io.Set(20, false);
        _io.Set(20, true);
        _sent.Count.ShouldBe(1);
        _io.End(0x53);
        _sent.Count.ShouldBe(1);
        _io.End(0x52);
        _sent.Count.ShouldBe(2);
        _io.Set(20, false);
        _io.End(0x52);
        _sent.Count.ShouldBe(2);
        Register(0x38).ShouldBe(0x52 | Level);
    }

    /// <summary>How drivers end an interrupt whose EOI was not told: Linux, __eoi_ioapic_pin.</summary>
    [Fact]
    public void EdgeTriggeredForAMoment_NothingIsUnderWay()
    {
        Entry(20, 0x52 | Level, 0);
        _io.Set(20, true);
        Entry(20, 0x52 | Masked, 0);
        Entry(20, 0x52 | Level, 0);
        _sent.Count.ShouldBe(2);
    }

    [Fact]
    public void WhatNobodyHears_IsNotUnderWay()
    {
        _isHeard = false;
        Entry(20, 0x52 | Level, 0);
        _io.Set(20, true);
        Register(0x38).ShouldBe(0x52 | Level);
        _isHeard = true;
        _io.Set(20, true);
        Register(0x38).ShouldBe(0x52 | Level | UnderWay);
    }

    private void Entry(int line, uint low, uint high)
    {
        Write((byte)(0x11 + (2 * line)), high);
        Write((byte)(0x10 + (2 * line)), low);
    }

    private void Write(byte register, uint value)
    {
        _io.Write(0, register);
        _io.Write(0x10, value);
    }

    private uint Register(byte register)
    {
        _io.Write(0, register);
        _io.Read(0).ShouldBe(register);
        return _io.Read(0x10);
    }
}
