using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Virtual time of a machine that is held now and then; no KVM is needed.</summary>
public sealed class HeldClockTests
{
    private const uint Host = 2_445_445;

    private readonly HeldClock _clock;
    private readonly AnnouncedClock _announced = new(Host, new Ratio(5, 1));
    private long _host = 1_000_000;

    public HeldClockTests() => _clock = new HeldClock(_announced, () => _host);

    [Fact]
    public void Time_GoesWithTheHosts_AndStandsWhileItIsHeldAndAfterItsEnd()
    {
        _clock.Now.ShouldBe(VirtualTime.Zero);
        _clock.Begin(isHeld: true);
        _host += 77;
        _clock.Now.ShouldBe(VirtualTime.Zero);
        _clock.Resume().ShouldBeTrue();
        _clock.Resume().ShouldBeFalse();
        _host += 5_000;
        _clock.Now.ShouldBe(new VirtualTime(1_000_000));
        _clock.Hold();
        _host += 123_456;
        _clock.Hold();
        _clock.Now.ShouldBe(new VirtualTime(1_000_000));
        _clock.HostAt(new VirtualTime(2_000_000)).ShouldBe(long.MaxValue);
        _clock.Resume();
        _clock.HostAt(new VirtualTime(2_000_000)).ShouldBe(_host + 5_000);
        _clock.HostAt(VirtualTime.MaxValue).ShouldBe(long.MaxValue);
        _host += 5_000;
        _clock.Now.ShouldBe(new VirtualTime(2_000_000));
        _clock.HeldNanoseconds.ShouldBe(77 + 123_456);
        _clock.End();
        _host += 5_000;
        _clock.Now.ShouldBe(new VirtualTime(2_000_000));
    }

    [Fact]
    public void WhatIsSkipped_CountsAsPassed_NeverShortOfItsTimeNorBack()
    {
        _clock.Begin(isHeld: false);
        _host += 5_000;
        _clock.Hold();
        _host += 70_000;
        VirtualTime wanted = new(10_000_000_333);
        _clock.Skip(wanted);
        VirtualTime now = _clock.Now;
        (now - wanted).Picoseconds.ShouldBeLessThan(201ul, "a nanosecond of the host's, at TDF 5");
        _clock.Skip(new VirtualTime(5));
        _clock.Now.ShouldBe(now);
        long skipped = _announced.HostNanosecondsAt(wanted - VirtualTime.Zero) - 5_000;
        _clock.SkippedNanoseconds.ShouldBe(skipped);
        long shift = (long)_clock.CounterShift;
        shift.ShouldBe(skipped * Host / 1_000_000);
        _clock.Resume();
        _clock.HeldNanoseconds.ShouldBe(70_000);
        shift = (long)_clock.CounterShift;
        shift.ShouldBe((skipped - 70_000) * Host / 1_000_000);
        _host += 5_000;
        (_clock.Now - now).ShouldBe(VirtualDuration.FromMicroseconds(1));
        _clock.HostAt(_clock.Now).ShouldBeInRange(_host - 1, _host);
    }

    /// <summary>What the guest reads of its counter and what we say is one time, after any number of stops: the counts
    /// that are taken off are those of the sum, not the sum of roundings.</summary>
    [Fact]
    public void TheCounter_IsVirtualTimeToACount_AfterManyStops()
    {
        _clock.Begin(isHeld: false);
        long begin = _host;
        for (int i = 1; i <= 10_000; i++)
        {
            _host += 1_003;
            _clock.Hold();
            _host += 1 + (i % 7);
            _clock.Resume();
            UInt128 ofHost = (UInt128)(ulong)(_host - begin) * Host / 1_000_000;
            ulong counter = unchecked((ulong)ofHost + _clock.CounterShift);
            UInt128 ofTime = (UInt128)_clock.Now.Picoseconds * _announced.Kilohertz / 1_000_000_000;
            ((long)counter - (long)ofTime).ShouldBeInRange(-1, 1);
        }
    }
}
