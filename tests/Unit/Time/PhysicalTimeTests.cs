using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PhysicalTimeTests
{
    [Fact]
    public void AtAFactor_PhysicalTimeGoesThatMuchFaster()
    {
        PhysicalTime time = new(new Ratio(5, 2));
        time.At(new VirtualTime(1_000)).Picoseconds.ShouldBe(2_500UL);
        time.At(new VirtualTime(1_001)).Picoseconds.ShouldBe(2_503UL);
        time.Within(new VirtualTime(1_001)).Picoseconds.ShouldBe(2_502UL);
        time.ToVirtual(new VirtualTime(2_500)).Picoseconds.ShouldBe(1_000UL);
        time.ToVirtual(new VirtualTime(2_501)).Picoseconds.ShouldBe(1_001UL);
        time.ToVirtual(VirtualTime.MaxValue).ShouldBe(VirtualTime.MaxValue);
        time.Within(VirtualTime.MaxValue).ShouldBe(VirtualTime.MaxValue);
    }

    [Fact]
    public void WhatIsUnderWayAtAChange_HasTheRestAtTheNewFactor()
    {
        PhysicalTime time = new(Ratio.One);
        time.Change(new VirtualTime(10_000), new Ratio(5, 2));

        // A delay of 4 us from 8 us on: 2 us of it at 1, the rest at 5/2.
        VirtualTime end = time.At(new VirtualTime(8_000)) + new VirtualDuration(4_000);
        time.ToVirtual(end).Picoseconds.ShouldBe(10_800UL);
        time.Largest.ShouldBe(new Ratio(5, 2));
    }

    /// <summary>What <c>DilatedNetwork</c> stands on.</summary>
    [Fact]
    public void TheMapsFitTogether()
    {
        Random random = new(4711);
        for (int run = 0; run < 200; run++)
        {
            PhysicalTime time = new(Factor(random));
            ulong at = 0;
            for (int i = 0; i < 5; i++)
            {
                at += (ulong)random.Next(1, 50);
                time.Change(new VirtualTime(at), Factor(random));
            }

            for (ulong v = 1; v < at + 40; v++)
            {
                VirtualTime before = new(v - 1);
                VirtualTime now = new(v);
                time.At(now).ShouldBeGreaterThan(time.At(before));
                time.At(now).ShouldBeGreaterThanOrEqualTo(time.Within(now));
                time.Within(now).ShouldBeGreaterThan(time.Within(before));
                time.ToVirtual(time.At(now)).ShouldBeGreaterThanOrEqualTo(now);
            }

            for (ulong p = 0; p < time.Within(new VirtualTime(at + 40)).Picoseconds; p++)
            {
                VirtualTime virtually = time.ToVirtual(new VirtualTime(p));
                time.Within(virtually).Picoseconds.ShouldBeGreaterThanOrEqualTo(p);
                if (virtually > VirtualTime.Zero)
                {
                    time.Within(new VirtualTime(virtually.Picoseconds - 1)).Picoseconds
                        .ShouldBeLessThan(p);
                }
            }
        }
    }

    [Fact]
    public void ChangesGoForward_AndNoFactorIsBelowOne()
    {
        PhysicalTime time = new(Ratio.One);
        time.Change(new VirtualTime(5), new Ratio(2, 1));
        Should.Throw<InvariantException>(() => time.Change(new VirtualTime(5), new Ratio(3, 1)));
        Should.Throw<InvariantException>(() => new PhysicalTime(new Ratio(1, 2)));
    }

    private static Ratio Factor(Random random)
    {
        ulong denominator = (ulong)random.Next(1, 12);
        return new Ratio(denominator + (ulong)random.Next(0, 60), denominator);
    }
}
