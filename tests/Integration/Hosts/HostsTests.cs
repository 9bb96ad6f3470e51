using System.Diagnostics;
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

    [RequiresPeerFact]
    public void ARecordingMadeBetweenHosts_AnswersAsThePeerDid()
    {
        using TempFolder folder = new();
        string file = folder.File("wire.rec");
        string hosts = HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2");
        string job = HostsJob.Peer(Paths.Guest("sha256"), ["3"], "h1", "h0", hosts);
        Run live = Run.Job(
            job.Replace("minLatency", $"record: {file}\n    minLatency", StringComparison.Ordinal),
            "-q");
        Run again = Run.Job(PeerJob.Replay(job, file), "-q");
        Run here = Run.Job(
            PeerJob.Replay(PeerJob.Text(Paths.Guest("sha256"), ["3"]), file), "-q");
        live.ExitCode.ShouldBe(0, live.Error);
        again.Deterministic.ShouldBe(live.Deterministic, again.Error);
        here.Deterministic.ShouldBe(live.Deterministic, here.Error);
    }

    [RequiresPeerTheory]
    [InlineData("h0")]
    [InlineData("h1")]
    public void ANetworksPeerAndItsNodesOnTwoHosts_GiveTheSameBytes(string peer)
    {
        string talk = Paths.Guest("talk", "dynamic");
        string job = $$$"""
            apiVersion: dilaton/v1
            nodes:
              - {name: server, guest: {program: {path: {{{talk}}}, args: [serve, '3']} } }
              - {name: client, guest: {program: {path: {{{talk}}}, args: [call, server, '3', '30000']} } }
            network: {kind: peer, peer: fabric}
            peers:
              - name: fabric
                kind: command
                program: {{{PeerJob.Program}}}
                args: [--network, --latency, 1us, --bandwidth, 10Gbps]

            """;
        Run here = Run.Job(job, "-q");
        Run spread = Run.Job(
            job.Replace("    kind: command", $"    kind: command\n    host: {peer}", StringComparison.Ordinal)
                + HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2"),
            "-q");
        here.ExitCode.ShouldBe(0, here.Error);
        spread.Deterministic.ShouldBe(here.Deterministic, spread.Error);
    }

    [Fact]
    public void AHostThatIsStartedByHand_ComesWithTheKeyFile()
    {
        using TempFolder folder = new();
        string job = folder.Write(
            "job.yaml", HostsJob.Ring(HostsJob.Hosts("none", "127.0.0.1", "127.0.0.2")));
        using Process front = Process.Start(
            new ProcessStartInfo(Paths.Dilaton, ["launch", job, "-q", "-o", folder.File("results")])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardError = true,
            })!;
        string said = front.StandardError.ReadLine()!;
        said.ShouldContain("waiting for host 'h1'");
        string command = said[said.IndexOf("read: ", StringComparison.Ordinal)..]["read: ".Length..];
        CommandResult agent = Command.Run("sh", ["-c", command]);
        string rest = front.StandardError.ReadToEnd();
        front.WaitForExit(TimeSpan.FromMinutes(2)).ShouldBeTrue();
        front.ExitCode.ShouldBe(0, rest);
        agent.ExitCode.ShouldBe(0, agent.Error);
        agent.Error.ShouldBe("");
        File.Exists(command.Split(' ')[^1]).ShouldBeFalse("the keys are gone with the run");
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
