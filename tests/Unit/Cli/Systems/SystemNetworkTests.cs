using Dilaton.Cli;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Jobs with a system guest in a network.</summary>
public sealed class SystemNetworkTests
{
    private const string Pair = """
        apiVersion: dilaton/v1
        nodes:
          - {name: server, guest: {program: {path: /bin/true}}}
          - {name: linux, guest: {system: {kernel: /boot/vmlinuz}}}
        network: {kind: star, rates: physical, link: {bandwidth: 10Mbps, latency: 1ms, mtu: 9000B}}
        time: {tdf: 5}
        """;

    [Fact]
    public void AllNodesAreMeasured_AndClocksWaitForEachOther()
    {
        Job job = CliFixture.Good(Pair);
        job.Nodes.ShouldAllBe(node => node.Engine == EngineChoice.Kvm);
        (job.Time.Mode, job.Time.Base).ShouldBe((TimeMode.Dilated, TimeBase.Run));
    }

    [Theory]
    [InlineData("network=null", "without a network a system guest is the only node of its job")]
    [InlineData("nodes[0].engine=translator", "give engine: kvm")]
    [InlineData("time.base=wall", "nodes of a network wait for each other")]
    [InlineData("network.kind=ring-of-fire", "not one of")]
    [InlineData("nodes[1].nic.mtu=1501B", "DL0630")]
    [InlineData("nodes[1].guest.system.tap=tap0", "the host's network goes by the host's time (time.base: wall)")]
    [InlineData(
        "nodes[1].guest.system.disks=[{image: a}, {image: b}, {image: c}, {image: d}, {image: e}, {image: f}]",
        "no room for a network interface")]
    public void WhatCannotBe_IsRefusedWithTheReason(string change, string why) =>
        CliFixture.Mistakes(Pair, change).ShouldContain(why);

    /// <summary>All machines run at once; a program's run time is measured, and needs no processor of its own.
    /// </summary>
    [Theory]
    [InlineData("5", 5, true)]
    [InlineData("5/2", 5, false)]
    [InlineData("5/2", 6, false)]
    [InlineData("5/2", 8, true)]
    public void SeveralSystems_NeedProcessorsForAll(string tdf, int processors, bool isEnough)
    {
        Job job = CliFixture.Good(
            Pair, "nodes[1].count=2", "nodes[1].cores.count=10", $"time.tdf='{tdf}'");
        DiagnosticBag bag = new();
        job = job with { Nodes = [job.Nodes[0], job.Nodes[1], job.Nodes[1]] };
        SystemHost.CheckProcessors(job, processors, bag).ShouldBe(isEnough);
        bag.Print().Contains("have 20 cores together, which need 8 processors", StringComparison.Ordinal)
            .ShouldBe(!isEnough);
    }

    [Fact]
    public void TheInterface_IsThatOfItsNode_Dilated()
    {
        Job job = CliFixture.Good(Pair);
        Job part = job with { Nodes = [job.Nodes[1]] };
        NetworkOptions options = SystemNetwork.Interface(part, 1, ["server", "linux"]);
        options.Address.ToString().ShouldBe("10.0.0.2");
        options.Mac.ToString().ShouldBe("02:00:00:00:00:01");
        options.BandwidthBitsPerSecond.ShouldBe(50_000_000u);
        options.MtuBytes.ShouldBe(1500, "that of the link is more than the interface takes");
    }

    [Theory]
    [InlineData("", "ip=10.0.0.2:::255.255.0.0:linux:eth0:off")]
    [InlineData("quiet", "quiet ip=10.0.0.2:::255.255.0.0:linux:eth0:off")]
    [InlineData("quiet ip=dhcp x", "quiet ip=dhcp x")]
    [InlineData("zip=1", "zip=1 ip=10.0.0.2:::255.255.0.0:linux:eth0:off")]
    public void TheCommandLine_HasTheAddress_UnlessItSaysOne(string given, string whole)
    {
        Job job = CliFixture.Good(Pair);
        NetworkOptions options = SystemNetwork.Interface(job with { Nodes = [job.Nodes[1]] }, 1, ["a", "b"]);
        SystemNetwork.CommandLine(given, options, "linux").ShouldBe(whole);
    }
}
