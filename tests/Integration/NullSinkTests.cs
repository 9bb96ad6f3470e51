using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A machine without any cache level: records are made and counted, no memory is
/// modelled.</summary>
public sealed class NullSinkTests
{
    private static readonly string[] s_noCaches =
    [
        "--events", "full", "memory.caches.l1i=none", "memory.caches.l1d=none",
        "memory.caches.l2=none", "memory.caches.l3=none",
    ];

    // Reads no CPUID: a library that measures the caches with it runs differently without any.
    private static readonly string s_guest = Paths.Guest("triad", "freestanding");

    [Fact]
    public void NoCaches_CountTheSameRecordsAndCostNoStall()
    {
        Run full = Run.Of(["--events", "full"], s_guest, []);
        Run none = Run.Of(s_noCaches, s_guest, []);

        none.ExitCode.ShouldBe(0, none.Error);
        none.Output.ShouldBe(full.Output);
        none.Instructions.ShouldBe(full.Instructions);
        none.Statistic("memory.records").ShouldBe(full.Statistic("memory.records"));
        none.Statistic("memory.fetches").ShouldBe(none.Instructions);
        none.Statistic("memory.loads").ShouldBeGreaterThan(0);
        none.Statistic("cycles.stall").ShouldBe(0);
        none.Files["result.json"].ShouldContain("no memory is modelled");
        none.AddsUp(1);
    }
}
