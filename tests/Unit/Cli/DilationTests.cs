using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a job with a time dilation factor becomes, and which are refused.</summary>
public sealed class DilationTests
{
    private const string Steps =
        "[{from: 0s, factor: 1}, {from: 10ms, factor: 5/2}, {from: 20ms, factor: 5/3}]";

    [Fact]
    public void PhysicalCores_GetFrequencyTimesTdfTimesShare()
    {
        Job job = Applied("time.tdf=2.5", "cores.rates=physical", "cores.share=1/5");
        job.Nodes[0].Cores.Frequency.ShouldBe(new Frequency(1_000_000_000));
        Applied("cores.share=0.25").Nodes[0].Cores.Frequency.ShouldBe(new Frequency(500_000_000));
    }

    [Fact]
    public void PhysicalCores_TakeKernelAndCachesWithThem()
    {
        Job job = Applied(
            "time.tdf=4", "cores.rates=physical", "memory.caches.l3.latency=10ns",
            "kernel.base.file=1us", "kernel.copyRate=1GB/s");
        job.Kernel.Base.File.ShouldBe(VirtualDuration.FromNanoseconds(250));
        job.Kernel.CopyRate.ToString().ShouldBe("4GB/s");
        job.Nodes[0].Memory.Caches.L3!.Latency.Time.Picoseconds.ShouldBe(2_500UL);
        job.Nodes[0].Memory.Caches.L2!.Latency.Cycles.ShouldBe(12U);
        job.Nodes[0].Memory.Dram.Latency.ShouldBe(VirtualDuration.FromNanoseconds(80));
    }

    [Fact]
    public void PhysicalDram_GetsDelayOverTdfAndRateTimesTdf_RoundedOnce()
    {
        Job job = Applied("tdf=3", "memory.dram.rates=physical", "memory.dram.latency=100ns");
        job.Nodes[0].Memory.Dram.Latency.Picoseconds.ShouldBe(33_334UL);
        job.Nodes[0].Memory.Dram.Bandwidth.ToString().ShouldBe("76.8GB/s");
        job.Nodes[0].Cores.Frequency.ShouldBe(new Frequency(2_000_000_000));
    }

    [Fact]
    public void APhysicalNetwork_GetsRatesTimesTdfAndDelaysOverTdf_WithItsInterfaces()
    {
        Job job = Applied(
            "time.tdf=3", "nic.bandwidth=2Gbps",
            "network={kind: loggp, rates: physical, gap: 3us, "
                + "link: {bandwidth: 1Gbps, latency: 1us}}");
        NetworkJob network = job.Network!;
        network.Link.Bandwidth.BitsPerSecond.ShouldBe(3_000_000_000UL);
        network.Link.Latency.Picoseconds.ShouldBe(333_334UL);
        Applied("time.tdf=3", "network={rates: physical, switch: {latency: 600ns}}")
            .Network!.Switch.Latency.Picoseconds.ShouldBe(200_000UL);
        network.Gap.ShouldBe(VirtualDuration.FromNanoseconds(1_000));
        job.Nodes[0].Nic.Bandwidth!.Value.BitsPerSecond.ShouldBe(6_000_000_000UL);
        job.Nodes[0].Cores.Frequency.ShouldBe(new Frequency(2_000_000_000));
        Dilation.Network(job).ShouldBe(network); // Once.
    }

    [Fact]
    public void AVirtualNetwork_StaysWhatItIs()
    {
        Job job = Applied(
            "time.tdf=3", "cores.rates=physical", "nic.bandwidth=2Gbps",
            "network={kind: loggp, gap: 3us}");
        job.Network!.Gap.ShouldBe(VirtualDuration.FromNanoseconds(3_000));
        job.Network.Link.ShouldBe(new LinkJob());
        job.Nodes[0].Nic.Bandwidth!.Value.BitsPerSecond.ShouldBe(2_000_000_000UL);
    }

    [Fact]
    public void TdfOne_ChangesNothing()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical", "memory.dram.rates=physical");
        Job applied = Dilation.Apply(job);
        applied.Kernel.Base.ShouldBe(job.Kernel.Base);
        applied.Nodes[0].Cores.Frequency.ShouldBe(job.Nodes[0].Cores.Frequency);
        applied.Nodes[0].Memory.Dram.Latency.ShouldBe(job.Nodes[0].Memory.Dram.Latency);
        applied.Nodes[0].Memory.Dram.Bandwidth.ShouldBe(job.Nodes[0].Memory.Dram.Bandwidth);
    }

    [Theory]
    [InlineData("nothing changes, for no resource is physical", "time.tdf=10")]
    [InlineData("nothing changes, for no resource is physical", "tdf=10")]
    [InlineData("nodes[0].tdf: 3 is not the job's 2", "time.tdf=2", "tdf=3",
        "network={kind: loggp, rates: physical}")]
    [InlineData("nothing changes, for no resource is physical", "tdf=10", "network={kind: loggp}")]
    [InlineData("nodes[0].nic.bandwidth: the guest would meet 1bps", "time.tdf=1/1000",
        "nic.bandwidth=1kbps", "network={kind: loggp, rates: physical}")]
    [InlineData("is above 8000Tbps", "time.tdf=1000", "nic.bandwidth=90000TB/s",
        "network={kind: loggp, rates: physical}")]
    [InlineData("tdf: 0 is out of range", "tdf=0")]
    [InlineData("tdf: 1001 is out of range", "tdf=1001")]
    [InlineData("share: 1.5 is out of range", "cores.share=1.5")]
    [InlineData("the guest would meet a clock of 2000GHz", "tdf=1000", "cores.rates=physical")]
    [InlineData("did you mean 'physical'?", "cores.rates=phisical")]
    public void WhatMeansNothing_IsRefused(string message, params string[] overrides) =>
        CliFixture.Mistakes(CliFixture.Minimal, overrides).ShouldContain(message);

    [Fact]
    public void ASchedule_IsAListOfStepsFromZeroOn_AndReadsBackAsItIsWritten()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical", $"time.tdf={Steps}");
        job.Time.Tdf.ToString().ShouldBe("1, then 2.5 from 10ms, then 5/3 from 20ms");
        job.Time.Tdf.IsConstant.ShouldBeFalse();
        Job again = CliFixture.Good(TextOf(job));
        again.Time.Tdf.ShouldBe(job.Time.Tdf);
        CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical", $"nodes[0].tdf={Steps}", "time.tdf=3")
            .Nodes[0].Tdf.ShouldBe(job.Time.Tdf);
    }

    [Fact]
    public void StepsThatChangeNothing_AreNone()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical",
            "time.tdf=[{from: 0s, factor: 2}, {from: 1ms, factor: 4/2}, {from: 2ms, factor: 2.0}]");
        job.Time.Tdf.ShouldBe(new TdfSchedule(new Ratio(2, 1)));
        TextOf(job).ShouldBe(TextOf(CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical", "time.tdf=2")));
    }

    [Fact]
    public void EachStep_HasTheRatesOfItsFactor()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal, "cores.rates=physical", "memory.dram.rates=physical",
            $"time.tdf={Steps}");
        TdfStep step = job.Time.Tdf.Steps[1];
        Dilation.Apply(job).Nodes[0].Cores.Frequency.ShouldBe(new Frequency(2_000_000_000));
        Cosim.NodeRates rates = JobMapping.Rates(job, step, null);
        rates.From.Picoseconds.ShouldBe(10_000_000_000UL);
        rates.Factor.ShouldBe(new Ratio(5, 2));
        rates.Frequency.ShouldBe(new Frequency(5_000_000_000));
        rates.KernelCosts.Base(KernelCostClass.File).Picoseconds.ShouldBe(160_000UL);
        Dilation.Apply(job, step.Factor).Nodes[0].Memory.Dram.Latency
            .ShouldBe(VirtualDuration.FromNanoseconds(32));
    }

    [Fact]
    public void ANetworkWithASchedule_KeepsItsRates_InATimeOfItsOwn()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal, "network={kind: loggp, rates: physical, gap: 3us}",
            $"time.tdf={Steps}", "nic.bandwidth=2Gbps");
        Dilation.Network(job).ShouldBe(job.Network);
        Dilation.Apply(job).Nodes[0].Nic.Bandwidth.ShouldBe(job.Nodes[0].Nic.Bandwidth);
        PhysicalTime time = Dilation.PhysicalTime(job)!;
        time.At(new VirtualTime(12_000_000_000)).Picoseconds.ShouldBe(15_000_000_000UL);
        Dilation.PhysicalTime(CliFixture.Good(
            CliFixture.Minimal, "network={kind: loggp, rates: physical}", "time.tdf=2"))
            .ShouldBeNull();
    }

    [Theory]
    [InlineData("time.tdf[0].from: the first step is at 0s, not at 1ms", "[{from: 1ms, factor: 2}]")]
    [InlineData("time.tdf[1].from: 5ms is not after the step before, at 5ms",
        "[{from: 0s, factor: 2}, {from: 5ms, factor: 3}, {from: 5ms, factor: 4}]", 2)]
    [InlineData("time.tdf[1].factor: 0 is out of range",
        "[{from: 0s, factor: 2}, {from: 5ms, factor: 0}]")]
    [InlineData("time.tdf[0].factor is missing", "[{from: 0s}]")]
    [InlineData("time.tdf[0].factr: no such key", "[{from: 0s, factr: 2}]")]
    [InlineData("time.tdf: 0 steps, not 1 to 1000", "[]")]
    [InlineData("the TDF's steps at 11us and 12us take effect at the same multiple of time.weave",
        "[{from: 0s, factor: 1}, {from: 11us, factor: 2}, {from: 12us, factor: 3}]")]
    [InlineData("the guest would meet a clock of 2000GHz",
        "[{from: 0s, factor: 1}, {from: 11us, factor: 1000}]")]
    public void AScheduleThatCantBe_IsRefused(string message, string steps, int index = 1) =>
        CliFixture.Mistakes(CliFixture.Minimal, "cores.rates=physical", $"time.tdf={steps}")
            .ShouldContain(message.Replace("[1].from", $"[{index}].from", StringComparison.Ordinal));

    [Fact]
    public void WhatCantChangeWhileItRuns_IsRefused()
    {
        CliFixture.Mistakes(
            CliFixture.Minimal + "\npeers: [{name: m, kind: manual}]",
            "cores.rates=physical", "memory.peer=m", $"time.tdf={Steps}")
            .ShouldContain("the peer 'm' can't change the clock of the cores that it times");
        CliFixture.Mistakes(
            CliFixture.Minimal + "\npeers: [{name: m, kind: manual}]",
            "memory.dram.rates=physical", "memory.windows=[{name: w, size: 4KiB, peer: m}]",
            $"time.tdf={Steps}")
            .ShouldContain("DRAM can't change its rates beside the peer 'm'");
        CliFixture.Mistakes(
            CliFixture.Minimal, "network={kind: loggp, rates: physical}",
            "time.tdf=[{from: 0s, factor: 1}, {from: 1ms, factor: 1/2}]")
            .ShouldContain("a physical network's can't be below 1 then");
        CliFixture.Mistakes(CliFixture.Minimal, $"time.tdf={Steps}")
            .ShouldContain("nothing changes, for no resource is physical");
    }

    [Fact]
    public void MemoryOfAPeer_IsNotDilatedHere() =>
        CliFixture.Mistakes(
            CliFixture.Minimal + "\npeers: [{name: m, kind: manual}]",
            "tdf=2", "memory.dram.rates=physical", "memory.peer=m")
            .ShouldContain("the memory is that of the peer 'm', whose rates are its own");

    private static string TextOf(Job job) =>
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));

    private static Job Applied(params string[] overrides) =>
        Dilation.Apply(CliFixture.Good(CliFixture.Minimal, overrides));
}
