using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>One job over several hosts: the same bytes as on one.</summary>
public sealed class HostsTests
{
    private static readonly Lazy<string> s_ring = new(
        () => AllReduceJob.Bytes(Run.Job(HostsJob.Ring(), "-q")));

    [Theory]
    [InlineData(2, "")]
    [InlineData(3, "")]
    [InlineData(2, "sync: {transport: tcp}\n")]
    public void NodesOnSeveralHosts_GiveTheSameBytes(int count, string sync)
    {
        string[] addresses = [.. Enumerable.Range(1, count).Select(i => $"127.0.0.{i}")];
        Run run = Run.Job(
            HostsJob.Ring(sync + HostsJob.Hosts(HostsJob.Launch, addresses)), "-q");
        AllReduceJob.Bytes(run).ShouldBe(s_ring.Value);
        run.Files.Keys.ShouldContain("hosts/h1/log.txt");
        run.Files["hosts/h1/log.txt"].ShouldBe("");
        JsonNode.Parse(run.Files["job.resolved.json"])!["nodes"]!.AsArray()
            .Select(node => node!["host"]!.GetValue<string>()).Distinct().Count().ShouldBe(count);
    }

    [Fact]
    public void NodesThatShareAWorkerOnEachHost_GiveTheSameBytes()
    {
        string job = HostsJob.Ring("sync: {workers: 1}\n")
            .Replace("    count: 4", "    count: 4\n    isolation: shared", StringComparison.Ordinal)
            .Replace("/dynamic/", "/static-pie/", StringComparison.Ordinal);
        string hosts = HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2");
        AllReduceJob.Bytes(Run.Job(job + hosts, "-q"))
            .ShouldBe(AllReduceJob.Bytes(Run.Job(job, "-q")));
    }

    [NetworkStacksFact]
    public void TwoNetworkStacks_GiveTheSameBytes()
    {
        using NetworkStacks stacks = new();
        AllReduceJob.Bytes(Run.Job(
            HostsJob.Ring(HostsJob.Hosts(stacks.Launch, stacks.AddressHere, stacks.AddressThere)),
            "-q")).ShouldBe(s_ring.Value);
    }

    [RequiresPeerTheory]
    [InlineData("h0", "h1")]
    [InlineData("h1", "h0")]
    [InlineData("h1", "h1")]
    [InlineData("h1", "h2")]
    public void APeerOnAnotherHost_GivesTheSameBytes(string node, string peer)
    {
        Run here = Run.Job(HostsJob.Peer(Paths.Guest("sha256"), ["3"], null, null, ""), "-q");
        Run spread = Run.Job(
            HostsJob.Peer(
                Paths.Guest("sha256"), ["3"], node, peer,
                HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2", "127.0.0.3")),
            "-q");
        here.ExitCode.ShouldBe(0, here.Error);
        spread.Deterministic.ShouldBe(here.Deterministic, spread.Error);
        spread.Files.Keys.ShouldContain("peers/mem/log.txt");
    }

    [Fact]
    public void AGuestsOutput_ComesOutHere()
    {
        string job = $$$"""
            apiVersion: dilaton/v1
            nodes:
              - host: h1
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            {{{HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2")}}}
            """;
        Run run = Run.Job(job, "-q");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(Run.Native(Paths.Guest("hello"), []).Output);
    }

    [Fact]
    public void ALimit_EndsTheNodesOfAllHosts()
    {
        Run run = Run.Job(
            HostsJob.Ring(HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2")),
            "-q", "--until", "1ms");
        run.ExitCode.ShouldBe(4, run.Error);
        run.Result["nodes"]!.AsArray().ShouldAllBe(
            node => node!["virtualTimePs"]!.GetValue<ulong>() == 1_000_000_000UL);
    }
}
