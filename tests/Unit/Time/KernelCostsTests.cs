using Dilaton.Core;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class KernelCostsTests
{
    private static readonly Frequency s_frequency = new(3_000_000_000);

    [Fact]
    public void Ideal_CostsNothing()
    {
        foreach (KernelCostClass costClass in Enum.GetValues<KernelCostClass>())
        {
            KernelCosts.Ideal.Cycles(new KernelCharge(costClass, 1_000_000), s_frequency)
                .ShouldBe(0UL);
        }

        KernelCosts.Ideal.IsIdeal.ShouldBeTrue();
        KernelCosts.Typical.IsIdeal.ShouldBeFalse();
    }

    [Fact]
    public void BaseAndBytes_AreRoundedUpOnceFromTheirExactSum()
    {
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.File] = VirtualDuration.FromPicoseconds(100),
            },
            7_000_000_000);

        // 0.3 cycles + 1 B / 7 GB/s = 0.43 cycles: one cycle together, not two.
        costs.Cycles(new KernelCharge(KernelCostClass.File, 1), s_frequency).ShouldBe(1UL);
        costs.Cycles(new KernelCharge(KernelCostClass.File, 0), s_frequency).ShouldBe(1UL);
        costs.Cycles(new KernelCharge(KernelCostClass.None, 7_000), s_frequency).ShouldBe(3_000UL);
        costs.Cycles(new KernelCharge(KernelCostClass.None, 7_001), s_frequency).ShouldBe(3_001UL);
    }

    [Fact]
    public void LargeCopies_StayExact()
    {
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>(), 10_000_000_000);
        costs.Cycles(new KernelCharge(KernelCostClass.File, 1UL << 40), s_frequency)
            .ShouldBe(((1UL << 40) * 3 + 9) / 10);
    }

    [Fact]
    public void TimeOfNoVcpu_IsTheBaseAndTheBytesOverTheRate_RoundedUp()
    {
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.Packet] = VirtualDuration.FromPicoseconds(100),
            },
            7_000_000_000);
        costs.Time(new KernelCharge(KernelCostClass.Packet, 0)).Picoseconds.ShouldBe(100UL);

        // 1 B at 7 GB/s: 142.86 ps.
        costs.Time(new KernelCharge(KernelCostClass.Packet, 1)).Picoseconds.ShouldBe(243UL);
        costs.Time(new KernelCharge(KernelCostClass.None, 7)).Picoseconds.ShouldBe(1_000UL);
        KernelCosts.Ideal.Time(new KernelCharge(KernelCostClass.Packet, 9))
            .ShouldBe(VirtualDuration.Zero);
    }

    [Fact]
    public void HostArtefacts_AreFree() => Should.Throw<ConfigException>(() => new KernelCosts(
        new Dictionary<KernelCostClass, VirtualDuration>
        {
            [KernelCostClass.None] = VirtualDuration.FromNanoseconds(1),
        },
        0));
}
