using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Intel SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)".</summary>
public sealed class LocalApicTests
{
    private const uint Id = 0x20, TaskPriority = 0x80, ProcessorPriority = 0xa0, EndOfInterrupt = 0xb0;
    private const uint Logical = 0xd0, Format = 0xe0, Spurious = 0xf0, Serviced = 0x100, IsLevel = 0x180;
    private const uint Requested = 0x200, Errors = 0x280, Command = 0x300, Timer = 0x320, ErrorVector = 0x370;
    private const uint Initial = 0x380, Current = 0x390, Divide = 0x3e0;
    private readonly LocalApic _apic = new(3);

    public LocalApicTests() => Write(Spurious, 0x1ff);

    [Fact]
    public void AtPowerOn_ItIsSwitchedOffAndMasked_AsTheManualSays()
    {
        LocalApic apic = new(3);
        apic.Read(Id, default).ShouldBe(0x0300_0000u);
        (apic.Read(0x30, default) & 0xff).ShouldBe(0x14u);
        (apic.Read(0x30, default) >> 16 & 0xff).ShouldBe(5u);
        apic.Read(Format, default).ShouldBe(uint.MaxValue);
        apic.Read(Logical, default).ShouldBe(0u);
        apic.Read(Spurious, default).ShouldBe(0xffu);
        for (uint local = Timer; local <= ErrorVector; local += 16)
        {
            apic.Read(local, default).ShouldBe(0x1_0000u);
        }

        apic.Accept(0x40, isLevel: false).ShouldBeFalse();
        apic.HasInterrupt.ShouldBeFalse();
        apic.Write(Timer, 0x40, default, out _);
        apic.Read(Timer, default).ShouldBe(0x1_0040u);
    }

    [Fact]
    public void AnInterrupt_GoesFromRequestedToServiced_UntilItsEnd()
    {
        _apic.Accept(0x41, isLevel: false).ShouldBeTrue();
        Read(Requested + 0x20).ShouldBe(2u);
        _apic.HasInterrupt.ShouldBeTrue();
        _apic.Acknowledge().ShouldBe(0x41);
        (Read(Requested + 0x20), Read(Serviced + 0x20)).ShouldBe((0u, 2u));
        Read(ProcessorPriority).ShouldBe(0x40u);
        _apic.Acknowledge().ShouldBe(-1);
        Write(EndOfInterrupt, 0).ShouldBe(-1);
        (Read(Serviced + 0x20), Read(ProcessorPriority)).ShouldBe((0u, 0u));
    }

    [Fact]
    public void OfSeveral_TheHighestComes_AndOnlyAHigherClassInterrupts()
    {
        foreach (byte vector in new byte[] { 0x31, 0x45, 0x41 })
        {
            _apic.Accept(vector, isLevel: false);
        }

        _apic.Acknowledge().ShouldBe(0x45);
        _apic.HasInterrupt.ShouldBeFalse();
        _apic.Accept(0x50, isLevel: false);
        _apic.Acknowledge().ShouldBe(0x50);
        Read(ProcessorPriority).ShouldBe(0x50u);
        Write(EndOfInterrupt, 0);
        _apic.HasInterrupt.ShouldBeFalse();
        Write(EndOfInterrupt, 0);
        _apic.Acknowledge().ShouldBe(0x41);
        Write(EndOfInterrupt, 0);
        _apic.Acknowledge().ShouldBe(0x31);
    }

    [Fact]
    public void TheTaskPriority_KeepsOutItsClassAndThoseBelow()
    {
        _apic.Accept(0x4f, isLevel: false);
        Write(TaskPriority, 0x40);
        _apic.HasInterrupt.ShouldBeFalse();
        Read(ProcessorPriority).ShouldBe(0x40u);
        Write(TaskPriority, 0x3f);
        Read(ProcessorPriority).ShouldBe(0x3fu);
        _apic.Acknowledge().ShouldBe(0x4f);
        Read(ProcessorPriority).ShouldBe(0x40u);
        Write(TaskPriority, 0x47);
        Read(ProcessorPriority).ShouldBe(0x47u);
    }

    [Fact]
    public void OnlyLevelTriggeredInterrupts_AreToldAtTheirEnd()
    {
        _apic.Accept(0x61, isLevel: true);
        Read(IsLevel + 0x30).ShouldBe(2u);
        _apic.Acknowledge();
        Write(EndOfInterrupt, 0).ShouldBe(0x61);
        _apic.Accept(0x61, isLevel: false);
        Read(IsLevel + 0x30).ShouldBe(0u);
        _apic.Acknowledge();
        Write(EndOfInterrupt, 0).ShouldBe(-1);
        Write(EndOfInterrupt, 0).ShouldBe(-1);
    }

    [Fact]
    public void VectorsOfTheProcessorsOwn_AreErrors_ThatAWriteShows()
    {
        Write(ErrorVector, 0x77);
        _apic.Accept(15, isLevel: false);
        Read(Errors).ShouldBe(0u);
        Write(Errors, 0);
        Read(Errors).ShouldBe(1u << 6);
        _apic.Acknowledge().ShouldBe(0x77);
        Write(Errors, 0);
        Read(Errors).ShouldBe(0u);
        Write(Command, 0x0f);
        Read(0x3f0);
        Write(Errors, 0);
        Read(Errors).ShouldBe((1u << 5) | (1u << 7));
    }

    [Theory]
    [InlineData(0xff, false, 0u, 0xffff_ffffu, true)]
    [InlineData(3, false, 0u, 0xffff_ffffu, true)]
    [InlineData(2, false, 0x0200_0000u, 0xffff_ffffu, false)]
    [InlineData(0x06, true, 0x0400_0000u, 0xffff_ffffu, true)]
    [InlineData(0x03, true, 0x0400_0000u, 0xffff_ffffu, false)]
    [InlineData(0xff, true, 0u, 0xffff_ffffu, true)]
    [InlineData(0x25, true, 0x2400_0000u, 0x0fff_ffffu, true)]
    [InlineData(0x22, true, 0x2400_0000u, 0x0fff_ffffu, false)]
    [InlineData(0x35, true, 0x2400_0000u, 0x0fff_ffffu, false)]
    [InlineData(0xf4, true, 0x2400_0000u, 0x0fff_ffffu, true)]
    public void ItKnowsItsDestinations(int destination, bool isLogical, uint logical, uint format, bool isMeant)
    {
        Write(Logical, logical);
        Write(Format, format);
        _apic.IsMeant((byte)destination, isLogical).ShouldBe(isMeant);
    }

    [Fact]
    public void ACommand_IsTheMessageThatItSays()
    {
        Write(0x310, 0x0500_0000);
        _apic.Write(Command, 0x000c_4840 | (1 << 12), default, out _).ShouldBeTrue();
        Read(Command).ShouldBe(0x000c_4840u);
        InterruptMessage message = _apic.Command(out int shorthand);
        shorthand.ShouldBe(3);
        message.ShouldBe(new InterruptMessage(0x40, DeliveryMode.Fixed, 5, IsLogical: true, IsLevel: false));
        _apic.Write(Command, 0xc500, default, out _).ShouldBeTrue();
        _apic.Command(out _).Mode.ShouldBe(DeliveryMode.Init);
        _apic.Write(Command, 0x8500, default, out _).ShouldBeFalse("INIT that is taken back");
        _apic.Write(Command, 0x4608, default, out _).ShouldBeTrue("SIPI's vector is a page");
        _apic.Write(Command, 0x000f, default, out _).ShouldBeFalse("no such vector");
    }

    [Fact]
    public void TheTimer_InterruptsAtItsTime_UnlessItIsMasked()
    {
        Write(Timer, 0x2_0050);
        Write(Divide, 0xb);
        Write(Initial, 1000);
        _apic.Due.ShouldBe(new VirtualTime(1_000_000));
        _apic.Read(Current, new VirtualTime(400_000)).ShouldBe(600u);
        _apic.TryExpire(new VirtualTime(999_999), out _).ShouldBeFalse();
        _apic.TryExpire(new VirtualTime(1_000_000), out VirtualTime due).ShouldBeTrue();
        due.ShouldBe(new VirtualTime(1_000_000));
        _apic.Acknowledge().ShouldBe(0x50);
        Write(EndOfInterrupt, 0);
        _apic.Due.ShouldBe(new VirtualTime(2_000_000));
        Write(Timer, 0x3_0050);
        _apic.TryExpire(new VirtualTime(2_000_000), out _).ShouldBeTrue();
        _apic.HasInterrupt.ShouldBeFalse();
        _apic.Due.ShouldBe(new VirtualTime(3_000_000));
    }

    [Fact]
    public void AnotherModeOfTheTimer_StopsIt_AndDeadlinesAreNoMode()
    {
        Write(Timer, 0x50);
        Write(Initial, 1000);
        Write(Timer, 0x60);
        _apic.Due.ShouldNotBe(VirtualTime.MaxValue);
        Write(Timer, 0x2_0060);
        _apic.Due.ShouldBe(VirtualTime.MaxValue);
        Write(Timer, 0x4_0060);
        Read(Timer).ShouldBe(0x60u);
    }

    [Fact]
    public void SwitchedOff_ItMasksItsVectors_AndKeepsWhatItHas()
    {
        Write(Timer, 0x50);
        _apic.Accept(0x40, isLevel: false);
        Write(Spurious, 0xff);
        Read(Timer).ShouldBe(0x1_0050u);
        Write(Timer, 0x50);
        Read(Timer).ShouldBe(0x1_0050u);
        _apic.HasInterrupt.ShouldBeFalse();
        _apic.Accept(0x41, isLevel: false).ShouldBeFalse();
        Write(Spurious, 0x1ff);
        _apic.Acknowledge().ShouldBe(0x40);
        _apic.Acknowledge().ShouldBe(-1);
    }

    [Fact]
    public void Init_LeavesItAsAtPowerOn_ButForItsId()
    {
        Write(Id, 0x0700_0000);
        Write(Timer, 0x50);
        Write(Initial, 1000);
        Write(TaskPriority, 0x20);
        _apic.Accept(0x40, isLevel: true);
        _apic.Acknowledge();
        _apic.Reset();
        LocalApic fresh = new(7);
        for (uint offset = 0; offset < 0x3f0; offset += 16)
        {
            Read(offset).ShouldBe(fresh.Read(offset, default), $"0x{offset:x}");
        }

        _apic.Due.ShouldBe(VirtualTime.MaxValue);
    }

    private uint Read(uint offset) => _apic.Read(offset, default);

    /// <returns>The vector whose end is told.</returns>
    private int Write(uint offset, uint value)
    {
        _apic.Write(offset, value, default, out int ended);
        return ended;
    }
}
