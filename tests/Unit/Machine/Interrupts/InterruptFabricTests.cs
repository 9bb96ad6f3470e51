using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Processors, timers and devices that interrupt each other, without KVM.</summary>
public sealed class InterruptFabricTests
{
    private const ulong Local = 0xfee0_0000;
    private const ulong Base = Local | (1 << 11);
    private const int Count = 3;
    private readonly List<int> _woken = [];
    private readonly InterruptFabric _fabric;
    private VirtualTime _now = VirtualTime.Zero;
    private VirtualTime _alarm = VirtualTime.MaxValue;

    public InterruptFabricTests()
    {
        _fabric = new InterruptFabric(Count, () => _now, time => _alarm = time, _woken.Add);
        for (int i = 0; i < Count; i++)
        {
            Write(i, 0xf0, 0x1ff);
            Write(i, 0xd0, 1u << (24 + i));
        }
    }

    [Fact]
    public void TheFirstProcessorRuns_AndOthersByInitAndSipi()
    {
        (_fabric.IsWaiting(0), _fabric.IsWaiting(1), _fabric.IsWaiting(2)).ShouldBe((false, true, true));
        _fabric.TakeStartup(1).ShouldBe(-1);
        Write(0, 0x300, 0xc4500);
        _fabric.HasWork.ShouldBeFalse();
        Write(0, 0x310, 1 << 24);
        Write(0, 0x300, 0x4608);
        _fabric.HasWorkFor(1, canInterrupt: false).ShouldBeTrue();
        Write(0, 0x300, 0x4609);
        _fabric.TakeStartup(1).ShouldBe(8, "the first SIPI is what starts it");
        (_fabric.IsWaiting(1), _fabric.IsWaiting(2)).ShouldBe((false, true));
        Write(0, 0x300, 0x4609);
        _fabric.TakeStartup(1).ShouldBe(-1, "it does not wait for one");
    }

    [Fact]
    public void Init_TakesAProcessorBack_WithAllThatItHad()
    {
        Start(1);
        Fixed(1, 0x40);
        Write(0, 0x310, 1 << 24);
        Write(0, 0x300, 0x4400);
        Write(0, 0x300, 0xc500);
        _fabric.IsWaiting(1).ShouldBeTrue();
        _fabric.TakeNmi(1).ShouldBeFalse();
        Fixed(1, 0x41);
        Start(1);
        _fabric.Acknowledge(1, canInterrupt: true, out bool hasMore).ShouldBe(-1);
        hasMore.ShouldBeFalse();
    }

    [Fact]
    public void AnIpi_WakesAndIsTakenOnce()
    {
        Start(1);
        _woken.Clear();
        Fixed(1, 0x40);
        _woken.ShouldBe([1]);
        _fabric.HasWorkFor(1, canInterrupt: false).ShouldBeFalse();
        _fabric.HasWork.ShouldBeFalse();
        _fabric.HasWorkFor(1, canInterrupt: true).ShouldBeTrue();
        _fabric.HasWork.ShouldBeTrue();
        _fabric.Acknowledge(1, canInterrupt: false, out bool hasMore).ShouldBe(-1);
        hasMore.ShouldBeTrue();
        _fabric.Acknowledge(1, canInterrupt: true, out hasMore).ShouldBe(0x40);
        hasMore.ShouldBeFalse();
        _fabric.HasWork.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0x4_0040u, new[] { 0 })]
    [InlineData(0x8_0040u, new[] { 0, 1, 2 })]
    [InlineData(0xc_0040u, new[] { 1, 2 })]
    public void Shorthands_AreWhoTheySay(uint command, int[] who)
    {
        Start(1);
        Start(2);
        _woken.Clear();
        Write(0, 0x300, command);
        _woken.ShouldBe(who);
    }

    [Fact]
    public void AnNmi_IsTakenOnce_WhateverTheFlag()
    {
        Start(1);
        Write(0, 0x310, 1 << 24);
        Write(0, 0x300, 0x4400);
        _fabric.HasWorkFor(1, canInterrupt: false).ShouldBeTrue();
        (_fabric.TakeNmi(1), _fabric.TakeNmi(1)).ShouldBe((true, false));
    }

    [Fact]
    public void OfLowestPriority_GoesToTheLeastBusy_TheFirstOfEquals()
    {
        Start(1);
        Start(2);
        Write(0, 0x80, 0x50);
        IoEntry(5, 0x60 | (1 << 8) | (1 << 11), 0x0700_0000);
        _woken.Clear();
        Pulse(5);
        _woken.ShouldBe([1]);
        Write(1, 0x80, 0x30);
        Pulse(5);
        _woken.ShouldBe([1, 2]);
    }

    [Fact]
    public void ALineOfALevel_InterruptsAgainAfterItsEnd()
    {
        IoEntry(17, 0x61 | (1 << 15), 0);
        _fabric.SetLine(17, true);
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(0x61);
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(-1);
        Write(0, 0xb0, 0);
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(0x61);
        _fabric.SetLine(17, false);
        Write(0, 0xb0, 0);
        _fabric.Acknowledge(0, canInterrupt: true, out bool hasMore).ShouldBe(-1);
        hasMore.ShouldBeFalse();
    }

    [Fact]
    public void TheAlarm_IsTheSoonestTimers()
    {
        Start(1);
        Timer(0, 5000, vector: 0x50);
        _alarm.ShouldBe(Ns(5000));
        Timer(1, 2000, vector: 0x51);
        _alarm.ShouldBe(Ns(2000));
        _now = Ns(1999);
        _fabric.RunDue();
        _alarm.ShouldBe(Ns(2000));
        _woken.Clear();
        _now = Ns(2003);
        _fabric.RunDue();
        _woken.ShouldBe([1]);
        _alarm.ShouldBe(Ns(5000));
        Write(0, 0x380, 0);
        _alarm.ShouldBe(VirtualTime.MaxValue);
        StatisticsList list = new();
        _fabric.Collect(list);
        list.Items.Single(item => item.Name == "timers").Value.ShouldBe((UInt128)1);
        list.Items.Single(item => item.Name == "latenessMax").Value.ShouldBe((UInt128)3000);
    }

    /// <summary>Where all halt nothing is skipped to for ever that ends no halt.</summary>
    [Fact]
    public void ATimer_EndsAHalt_UnlessItsProcessorDoesNotLetItIn()
    {
        Timer(0, 1000, vector: 0x50);
        _fabric.HasWorkFor(0, canInterrupt: false).ShouldBeFalse();
        _fabric.NextWake.ShouldBe(VirtualTime.MaxValue);
        _fabric.HasWorkFor(0, canInterrupt: true).ShouldBeFalse();
        _fabric.NextWake.ShouldBe(Ns(1000));
        Write(0, 0x80, 0x50);
        _fabric.NextWake.ShouldBe(VirtualTime.MaxValue);
        Write(0, 0x80, 0x40);
        _fabric.NextWake.ShouldBe(Ns(1000));
        Write(0, 0x320, 0x1_0050);
        _fabric.NextWake.ShouldBe(VirtualTime.MaxValue);
        Write(0, 0x320, 0x50);
        Write(0, 0x300, 0x4_0050);
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(0x50);
        _fabric.NextWake.ShouldBe(VirtualTime.MaxValue);
    }

    /// <summary>An expiry that nobody has seen yet comes before what the guest then does with its timer.</summary>
    [Fact]
    public void AnExpiry_IsNotLost_WhereTheGuestSetsTheTimerAnew()
    {
        Timer(0, 1000, vector: 0x50);
        _now = Ns(1200);
        Write(0, 0x380, 1000);
        _alarm.ShouldBe(Ns(2200));
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(0x50);
    }

    [Fact]
    public void AnExpiry_IsTakenOnTheWayIn_BeforeTheAlarm()
    {
        Timer(0, 1000, vector: 0x50);
        _now = Ns(1000);
        _fabric.Acknowledge(0, canInterrupt: true, out _).ShouldBe(0x50);
        _alarm.ShouldBe(VirtualTime.MaxValue);
    }

    [Fact]
    public void Cr8_IsTheClassOfTheTaskPriority_WhoseRestItLeaves()
    {
        Write(0, 0x80, 0x4a);
        _fabric.ReadPriorityClass(0).ShouldBe((byte)4);
        _fabric.WritePriorityClass(0, 4);
        Read(0, 0x80, 4).ShouldBe(0x4au);
        _fabric.WritePriorityClass(0, 6);
        Read(0, 0x80, 4).ShouldBe(0x60u);
    }

    [Fact]
    public void Registers_AreThere_WhereIa32ApicBaseSaysSo()
    {
        _fabric.TryRead(0, Local, Local + 0x20, 4, out _).ShouldBeFalse("switched off");
        _fabric.TryRead(0, 0xfed0_0800, Local + 0x20, 4, out _).ShouldBeFalse("elsewhere");
        _fabric.TryRead(2, 0xfed0_0800, 0xfed0_0020, 4, out ulong id).ShouldBeTrue();
        id.ShouldBe(0x0200_0000u);
        _fabric.TryRead(0, Base, 0xfec0_0010, 4, out _).ShouldBeTrue();
        _fabric.TryRead(0, Base, 0xfec0_1000, 4, out _).ShouldBeFalse();
        _fabric.TryWrite(0, Base, 0xfeb0_0000, 4, 0).ShouldBeFalse();
    }

    [Fact]
    public void PartsAreRead_AndOnlyWholeRegistersWritten()
    {
        Read(2, 0x23, 1).ShouldBe(2u);
        Read(2, 0x22, 2).ShouldBe(0x0200u);
        Read(2, 0x24, 4).ShouldBe(0u);
        Read(2, 0x20, 8).ShouldBe(0x0200_0000u);
        _fabric.TryWrite(0, Base, Local + 0x80, 1, 0x70).ShouldBeTrue();
        _fabric.TryWrite(0, Base, Local + 0x84, 4, 0x70).ShouldBeTrue();
        Read(0, 0x80, 4).ShouldBe(0u);
    }

    private static VirtualTime Ns(ulong nanoseconds) => new(nanoseconds * 1000);

    private void Start(int processor)
    {
        Write(0, 0x310, (uint)processor << 24);
        Write(0, 0x300, 0xc500);
        Write(0, 0x300, 0x4608);
        _fabric.TakeStartup(processor).ShouldBe(8);
        Write(processor, 0xf0, 0x1ff);
        Write(processor, 0xd0, 1u << (24 + processor));
    }

    private void Fixed(int processor, uint vector)
    {
        Write(0, 0x310, (uint)processor << 24);
        Write(0, 0x300, 0x4000 | vector);
    }

    private void Timer(int processor, uint nanoseconds, uint vector)
    {
        Write(processor, 0x3e0, 0xb);
        Write(processor, 0x320, vector);
        Write(processor, 0x380, nanoseconds);
    }

    private void Pulse(int line)
    {
        _fabric.SetLine(line, true);
        _fabric.SetLine(line, false);
    }

    private void IoEntry(int line, uint low, uint high)
    {
        IoRegister(0x11 + (2 * (uint)line), high);
        IoRegister(0x10 + (2 * (uint)line), low);
    }

    private void IoRegister(uint register, uint value)
    {
        _fabric.TryWrite(0, Base, 0xfec0_0000, 4, register).ShouldBeTrue();
        _fabric.TryWrite(0, Base, 0xfec0_0010, 4, value).ShouldBeTrue();
    }

    private ulong Read(int processor, uint offset, int size)
    {
        _fabric.TryRead(processor, Base, Local + offset, size, out ulong value).ShouldBeTrue();
        return value;
    }

    private void Write(int processor, uint offset, uint value) =>
        _fabric.TryWrite(processor, Base, Local + offset, 4, value).ShouldBeTrue();
}
