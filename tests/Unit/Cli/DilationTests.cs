using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a job with a time dilation factor becomes, and which are refused.</summary>
public sealed class DilationTests
{
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
    public void MemoryOfAPeer_IsNotDilatedHere() =>
        CliFixture.Mistakes(
            CliFixture.Minimal + "\npeers: [{name: m, kind: manual}]",
            "tdf=2", "memory.dram.rates=physical", "memory.peer=m")
            .ShouldContain("the memory is that of the peer 'm', whose rates are its own");

    private static Job Applied(params string[] overrides) =>
        Dilation.Apply(CliFixture.Good(CliFixture.Minimal, overrides));
}
