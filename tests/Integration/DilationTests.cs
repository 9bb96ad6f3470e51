using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Law 5, the algebra of dilation (Gupta et al., NSDI 2006): perceived rate = TDF x physical,
/// perceived delay = physical / TDF.</summary>
public sealed class DilationTests
{
    // The law allows 2 %. What is left here: delays rounded up to whole cycles, and the weave
    // interval, which is not dilated; both show in none of these runs.
    private const double ToleranceRatio = 0.002;

    private static readonly string[] s_allPhysical = ["cores.rates=physical", "memory.dram.rates=physical"];

    [Theory]
    [InlineData("1/2", 0.5)]
    [InlineData("2.5", 2.5)]
    [InlineData("10", 10)]
    public void WithAllPhysical_TheGuestSeesEverythingFasterByTheTdf(string tdf, double factor)
    {
        double one = Time(s_allPhysical);
        double dilated = Time([.. s_allPhysical, $"time.tdf={tdf}"]);
        (one / dilated).ShouldBe(factor, factor * ToleranceRatio);
    }

    [Fact]
    public void WithPhysicalMemory_TimeIsLinearInItsDelays()
    {
        double one = Chase("1"), two = Chase("2"), four = Chase("4");
        // T = a + b / TDF.
        ((one - two) / (two - four)).ShouldBe(2, 2 * 0.02); // As the law allows: its set-up stores overlap.

        static double Chase(string tdf) => Of(
            ["memory.dram.rates=physical", $"tdf={tdf}"], "chase", "4194304", "20000").VirtualTimePs;
    }

    [Fact]
    public void PhysicalRatesOverTdf_GiveTheUndilatedRun()
    {
        string[] slow =
        [
            .. s_allPhysical, "time.tdf=10", "cores.frequency=200MHz", "memory.dram.latency=800ns",
            "memory.dram.bandwidth=2.56GB/s", "kernel.base.trivial=1us", "kernel.base.file=4us",
            "kernel.base.memory=8us", "kernel.base.wait=5us", "kernel.base.process=150us",
            "kernel.base.pageFault=5us", "kernel.base.contextSwitch=12us",
            "kernel.base.signal=10us", "kernel.base.network=20us", "kernel.copyRate=1GB/s",
        ];
        Run dilated = Stream(slow), plain = Stream([]);
        dilated.VirtualTimePs.ShouldBe(plain.VirtualTimePs);
        dilated.Files["stats.txt"].ShouldBe(plain.Files["stats.txt"]);
    }

    private static double Time(string[] options) => Stream(options).VirtualTimePs;

    // Three arrays of 160 KB: L1 misses all the time, L2 at first touch.
    private static Run Stream(string[] options) => Of(options, "stream", "20000", "3");

    private static Run Of(string[] options, string guest, params string[] arguments)
    {
        Run run = Run.Of(["memory.caches.l3=none", .. options], Paths.Guest(guest), arguments);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }
}
