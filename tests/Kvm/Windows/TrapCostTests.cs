using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

public sealed class TrapCostTests
{
    /// <summary>Stretches of 50 ns of guest code, by ways of 990 to 1010 ns.</summary>
    [Fact]
    public void WhatGuestCodeTook_IsLeftInTheMean_WhateverSingleWaysTake()
    {
        TrapCost cost = new();
        long charged = 0;
        const int Accesses = 2_100;
        for (int i = 0; i < Accesses; i++)
        {
            if (cost.IsDue)
            {
                cost.Sample(990 + (i * 7 % 21));
            }

            charged += cost.Charge(1_040 + (i * 5 % 21));
        }

        cost.MedianNanoseconds.ShouldBeInRange(995, 1_005);
        cost.SpreadNanoseconds.ShouldBeInRange(5, 15);
        cost.Count.ShouldBe(Accesses);
        charged.ShouldBeInRange(Accesses * 45, Accesses * 55);
        cost.ChargedNanoseconds.ShouldBe(charged);
    }

    [Fact]
    public void AStretchShorterThanTheWay_IsANanosecond_AndTheNextOnesMakeUpForIt()
    {
        TrapCost cost = new();
        cost.Sample(1_000);
        cost.Charge(900).ShouldBe(1);
        cost.Charge(1_300).ShouldBe(199);
        cost.Charge(1_300).ShouldBe(300);
    }

    [Fact]
    public void WhatIsOwed_IsOneWayAtMost()
    {
        TrapCost cost = new();
        cost.Sample(1_000);
        for (int i = 0; i < 10; i++)
        {
            cost.Charge(1).ShouldBe(1);
        }

        cost.Charge(3_000).ShouldBe(1_000);
    }
}
