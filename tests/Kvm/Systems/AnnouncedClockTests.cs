using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>What a system guest is told of its clock; no KVM is needed.</summary>
public sealed class AnnouncedClockTests
{
    private const uint Host = 2_445_445;

    [Fact]
    public void TheRate_IsTdfTimesTheHosts_AndTimeTheHostsByTheSameFactor()
    {
        AnnouncedClock clock = new(Host, new Ratio(5, 1));
        clock.Kilohertz.ShouldBe(5 * Host);
        clock.At(5_000_000_000).ShouldBe(VirtualTime.Zero + VirtualDuration.FromSeconds(1));
        clock.HostNanosecondsAt(VirtualDuration.FromSeconds(1)).ShouldBe(5_000_000_000);
        clock.BusHertz.ShouldBe(0u, "5 GHz have no room in 32 bits");
        new AnnouncedClock(Host, new Ratio(4, 1)).BusHertz.ShouldBe(4_000_000_000);
    }

    /// <summary>A guest's second is as many counts of the host's counter as it was told: what it says
    /// by the counter is what we say, to a count.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 3)]
    [InlineData(7, 1000)]
    [InlineData(1000, 1)]
    public void WhatTheGuestReads_IsVirtualTime(int numerator, int denominator)
    {
        AnnouncedClock clock = new(Host, new Ratio((ulong)numerator, (ulong)denominator));
        const long Seconds = 1000;
        UInt128 counts = (UInt128)Seconds * Host * 1000;
        UInt128 guestPs = counts * 1_000_000_000 / clock.Kilohertz;
        ((UInt128)clock.At(Seconds * 1_000_000_000).Picoseconds).ShouldBe(guestPs);
        VirtualDuration passed = clock.At(123_456_789) - VirtualTime.Zero;
        clock.HostNanosecondsAt(passed).ShouldBeInRange(123_456_788, 123_456_789);
    }

    [Theory]
    [InlineData(2000, 1, "4890890000 kHz")]
    [InlineData(1, 100_000_000, "0 kHz")]
    public void ARateThatNoGuestCanHold_IsRefused(int numerator, int denominator, string what) =>
        Should.Throw<KvmGuestException>(
            () => new AnnouncedClock(Host, new Ratio((ulong)numerator, (ulong)denominator)))
            .Message.ShouldContain(what);

    [Fact]
    public void TheProcessor_ShowsItsPlaceAndTheRate_AndNothingOfTheHostsTime()
    {
        AnnouncedClock clock = new(Host, new Ratio(2, 1));
        KvmCpuidEntry[] host =
        [
            new() { Leaf = 1, Ebx = 0xff01_0800, Ecx = 1u << 21 },
            new() { Leaf = 0xb, Flags = KvmCpuidEntry.HasSubleaf },
            new() { Leaf = 0x15, Eax = 2, Ebx = 200, Ecx = 24_000_000 },
            new() { Leaf = 0x16, Eax = 2600 },
            new() { Leaf = 0x4000_0000, Ebx = 0x4b4d564b },
            new() { Leaf = 0x4000_0001, Eax = 0x0100_7efb },
            new() { Leaf = 0x8000_0007 },
            new() { Leaf = 0x8000_001e },
        ];
        KvmCpuidEntry[] shown = SystemCpuid.Of(host, 2, 4, clock);
        shown.Select(entry => entry.Leaf).ShouldBe([1u, 0x8000_0007, 0x4000_0000, 0x4000_0010]);
        shown[0].Ebx.ShouldBe(0x0204_0800u);
        shown[0].Ecx.ShouldBe((1u << 24) | (1u << 31));
        shown[0].Edx.ShouldBe(1u << 28);
        shown[1].Edx.ShouldBe(1u << 8);
        (shown[2].Ebx, shown[2].Ecx, shown[2].Edx).ShouldBe((0x6177_4d56u, 0x4d56_6572u, 0x6572_6177u));
        (shown[3].Eax, shown[3].Ebx).ShouldBe((2 * Host, 2_000_000u));
    }

    [Fact]
    public void WithATimerOfItsOwn_ItsRateIsTold_AndNoDeadlineMode()
    {
        AnnouncedClock clock = new(Host, new Ratio(100, 1), busHertz: 1_000_000_000);
        clock.BusHertz.ShouldBe(1_000_000_000u);
        KvmCpuidEntry[] shown = SystemCpuid.Of(
            [new() { Leaf = 1, Ecx = 1u << 24 }], 0, 1, clock, hasDeadline: false);
        shown[0].Ecx.ShouldBe(1u << 31);
        shown[^1].Ebx.ShouldBe(1_000_000u);
    }

    [Fact]
    public void VMwaresPort_TellsTheRate_AndKnowsNothingElse()
    {
        AnnouncedClock clock = new(Host, new Ratio(4, 1));
        KvmRegisters registers = new() { Rax = 0x564d_5868, Rcx = 45 };
        ulong low = TimingPort.Answer(ref registers, clock);
        ((registers.Rbx << 32) | low).ShouldBe(4UL * Host * 1000);
        registers.Rcx.ShouldBe(4_000_000_000u);
        registers = new() { Rax = 0x564d_5868, Rcx = 10 };
        TimingPort.Answer(ref registers, clock).ShouldBe(6u);
        registers.Rbx.ShouldBe(0x564d_5868u);
        registers = new() { Rax = 0x564d_5868, Rcx = 68 };
        TimingPort.Answer(ref registers, clock).ShouldBe(uint.MaxValue);
        registers = new() { Rax = 1, Rcx = 45 };
        TimingPort.Answer(ref registers, clock).ShouldBe(uint.MaxValue);
    }
}
