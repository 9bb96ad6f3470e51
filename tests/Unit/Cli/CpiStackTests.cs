using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a core's cycles are bound by.</summary>
public sealed class CpiStackTests
{
    [Theory]
    [InlineData("executed", "Compute")]
    [InlineData("stall.l1", "Compute")]
    [InlineData("stall.fetch", "Fetch")]
    [InlineData("stall.branch", "Branches")]
    [InlineData("stall.l2", "Caches")]
    [InlineData("stall.l3", "Caches")]
    [InlineData("stall.memory", "Latency")]
    [InlineData("stall.storeBuffer", "Latency")]
    [InlineData("stall.tlb", "Translation")]
    [InlineData("stall.window", "Windows")]
    [InlineData("stall.estimated", "Estimated")]
    [InlineData("kernel", "Kernel")]
    [InlineData("waiting", "Waiting")]
    public void TheLargestPart_IsTheBound(string part, string bound) =>
        Stack(part, 80, 0).Bound.ToString().ShouldBe(bound);

    [Theory]
    [InlineData(160, 79, "Latency")]
    [InlineData(160, 80, "Bandwidth")]
    [InlineData(160, double.NaN, "Memory")]
    public void MemoryWhoseRequestsQueue_IsBoundByBandwidth(double latency, double queueing, string bound) =>
        Stack("stall.memory", latency, queueing).Bound.ToString().ShouldBe(bound);

    [Theory]
    [InlineData("stall.l1", "executed stall.l1")]
    [InlineData("stall.storeBuffer", "stall.memory stall.storeBuffer")]
    [InlineData("stall.branch", "stall.branch")]
    public void TheBound_KnowsItsParts(string part, string keys) =>
        string.Join(' ', Stack(part, 80, 0).BoundKeys).ShouldBe(keys);

    [Fact]
    public void PartsAddUp()
    {
        CpiStack stack = Stack("kernel", 1, 1);
        stack.Total.ShouldBe(60 + (12 * 10));
        stack.Parts.Sum(p => p.Cycles).ShouldBe(stack.Total);
        CpiStack.Of(_ => double.NaN, _ => double.NaN).ShouldBeNull();
    }

    /// <summary>10 cycles of each part, and 60 of one.</summary>
    private static CpiStack Stack(string part, double latency, double queueing) => CpiStack.Of(
        name => name == $"cycles.{part}" ? 60 : 10,
        name => name == "dram.queueingTimeMean" ? queueing : latency)!;
}
