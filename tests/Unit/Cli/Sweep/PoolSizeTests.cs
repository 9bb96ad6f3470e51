using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PoolSizeTests
{
    private const ulong GiB = 1UL << 30;

    private static readonly int[] s_eight = [0, 1, 2, 3, 8, 9, 10, 11];

    [Theory]
    [InlineData(1, 1, 100, null, 8)]
    [InlineData(2, 1, 100, null, 4)]
    [InlineData(3, 1, 100, null, 2)]
    [InlineData(16, 1, 100, null, 1)]
    [InlineData(1, 4, 10, null, 2)]
    [InlineData(1, 40, 10, null, 1)]
    [InlineData(1, 1, 0, null, 8)]
    [InlineData(2, 1, 100, 3, 3)]
    public void Points_AreAsManyAsProcessorsAndMemoryAllow(
        int cores, ulong each, ulong free, int? wanted, int expected)
    {
        SweepNeeds needs = new(cores, each * GiB, null, false);
        PoolSize.Of(needs, wanted, s_eight, free * GiB, new DiagnosticBag()).Places.Count.ShouldBe(expected);
    }

    [Fact]
    public void APointNeedsItsWorkersAndItsNodesMemory()
    {
        SweepNeeds Of(string nodes) => SweepFixture.Good($$"""
            apiVersion: dilaton/v1
            nodes: [{{nodes}}]
            time: {wallLimit: 1min}

            """, "kernel=costs,ideal").Needs;

        const string guest = "guest: {program: {path: /bin/true}}";
        SweepNeeds two = Of($"{{memory: {{size: 1GiB}}, count: 2, {guest}}}");
        two.Cores.ShouldBe(2);
        two.MemoryBytes.ShouldBeInRange(2 * GiB, 2 * GiB + (GiB / 4));
        two.WallLimitSeconds.ShouldBe(60);

        // One node's standard size says nothing of what its guest will touch.
        Of($"{{{guest}}}").MemoryBytes.ShouldBeLessThan(GiB / 4);
        Of($"{{memory: {{size: 3GiB}}, {guest}}}").MemoryBytes.ShouldBeGreaterThan(3 * GiB);
    }

    [Fact]
    public void Several_HaveTheirOwnProcessors_OneHasAll()
    {
        SweepNeeds needs = new(3, 0, null, false);
        PoolSize.Of(needs, null, s_eight, 0, new DiagnosticBag()).Places
            .ShouldBe([[0, 1, 2, 3], [8, 9, 10, 11]]);
        PoolSize.Of(needs, 1, s_eight, 0, new DiagnosticBag()).Places.ShouldBe([[]]);
        PoolSize.Of(needs, 9, s_eight, 0, new DiagnosticBag()).Places.ShouldAllBe(place => place.Count == 0);
    }

    [Fact]
    public void MoreThanMemoryHolds_IsWarnedOf()
    {
        DiagnosticBag bag = new();
        PoolSize.Of(new SweepNeeds(1, GiB, null, false), 4, s_eight, 2 * GiB, bag).Places.Count.ShouldBe(4);
        bag.Print().ShouldContain("DL0602");
    }

    [Fact]
    public void AFixedEndpoint_LetsOneRunAtATime()
    {
        DiagnosticBag bag = new();
        PoolSize.Of(new SweepNeeds(1, 0, null, true), 4, s_eight, 0, bag).Places.Count.ShouldBe(1);
        bag.Print().ShouldContain("endpoint");
    }
}
