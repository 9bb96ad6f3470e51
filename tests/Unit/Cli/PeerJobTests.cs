using System.Text.Json;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PeerJobTests
{
    private const string Job = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
            memory: {peer: mem, cut: l1}
        peers:
          - {name: mem, kind: command, program: dilaton-peer, args: [--latency, 80ns], timeout: 5s}
        """;

    [Fact]
    public void APeer_IsReadAndWrittenAsItIs()
    {
        Job job = CliFixture.Good(Job);
        PeerJob peer = job.Peers.ShouldHaveSingleItem();
        peer.Kind.ShouldBe(PeerKind.Command);
        peer.Args.ShouldBe(["--latency", "80ns"]);
        job.Nodes[0].Memory.Cut.ShouldBe(CutPlace.L1);
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        peer.Ring.ShouldBe(RingChoice.Auto);
        JobMapping.Hierarchy(job.Nodes[0].Memory).L2.ShouldBeNull();
        JobMapping.Hierarchy(job.Nodes[0].Memory).Coherence.ShouldNotBeNull();
        AccuracyNotes.Estimates(job, job.Nodes[0]).ShouldContain(
            "memory time behind L1: as the peer 'mem' models it");
    }

    [Fact]
    public void RanksOfSst_AreReadAndWritten()
    {
        Job job = CliFixture.Good(Job.Replace(
            "kind: command, program: dilaton-peer, args: [--latency, 80ns]",
            "kind: sst, config: /x/l2.py, ranks: 4",
            StringComparison.Ordinal));
        job.Peers[0].Ranks.ShouldBe(4);
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        CliFixture.Good(Job).Peers[0].Ranks.ShouldBe(1);
        SweepNeeds.Of(job).Cores.ShouldBe(1 + 4);
    }

    [Fact]
    public void ANetwork_HasOneRank() => CliFixture.Mistakes("""
        apiVersion: dilaton/v1
        nodes:
          - {count: 2, guest: {program: {path: /bin/true}}}
        network: {kind: peer, peer: net}
        peers:
          - {name: net, kind: sst, config: /x/torus.py, ranks: 2}
        """).ShouldContain("peers: 'net' is the job's network and has 2 MPI ranks");

    [Theory]
    [InlineData("lockstep", 0)]
    [InlineData("pipelined 2", 2)]
    public void LateFeedback_IsReadAndSaid(string feedback, int intervals)
    {
        Job job = CliFixture.Good(Job.Replace(
            "peers:", $"time: {{feedback: {feedback}}}\npeers:", StringComparison.Ordinal));
        job.Time.Feedback.Intervals.ShouldBe(intervals);
        job.Time.Feedback.ToString().ShouldBe(feedback);
        AccuracyNotes.Estimates(job, job.Nodes[0])
            .Any(note => note.Contains("feedback.unappliedStall", StringComparison.Ordinal))
            .ShouldBe(intervals > 0);
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
    }

    [Theory]
    [InlineData("peer: mem", "peer: mme", "there is no peer 'mme'")]
    [InlineData("peer: mem", "peer: mme", "did you mean 'mem'?")]
    [InlineData("peer: mem, cut: l1", "size: 1GiB", "nothing uses the peer 'mem'")]
    [InlineData("peer: mem, ", "", "'l1' needs a peer")]
    [InlineData("kind: command", "kind: sst", "peers[0].config")]
    [InlineData("kind: command", "kind: simics", "'simics' is not one of command, sst, gem5")]
    [InlineData("kind: command", "kind: manual", "a manual peer is started by hand")]
    [InlineData("program: dilaton-peer, ", "", "peers[0].program")]
    [InlineData("timeout: 5s", "minLatency: 0ns", "minLatency")]
    [InlineData("timeout: 5s", "timeout: 1ms", "below 100ms")]
    [InlineData("timeout: 5s", "endpoint: 'tcp://10.0.0.1:5000'", "traffic stays on this host")]
    [InlineData("timeout: 5s", "ranks: 2", "peers[0].ranks: only peers of kind sst have MPI ranks, not command")]
    [InlineData("timeout: 5s", "ranks: 0", "peers[0].ranks: 0 is out of range (1 to 1024)")]
    [InlineData("timeout: 5s", "ranks: two", "peers[0].ranks")]
    [InlineData("timeout: 5s", "ring: on", "'on' is not one of auto, off")]
    [InlineData("timeout: 5s", "timeot: 5s", "did you mean 'timeout'?")]
    [InlineData("peers:", "time: {feedback: pipelined}\npeers:", "such as pipelined 2")]
    [InlineData("peers:", "time: {feedback: pipelined 9}\npeers:", "a number from 1 to 8")]
    [InlineData(
        "peer: mem, cut: l1}", "size: 1GiB}\ntime: {feedback: pipelined 2}",
        "needs a peer that works while the node runs on")]
    [InlineData(
        "cut: l1}", "cut: l1, preset: law9}\ntime: {feedback: pipelined 2}", "asks for exact")]
    [InlineData(
        "cut: l1}",
        "cut: l1, windows: [{name: dev, peer: mem, base: 0x300000000, size: 4KiB}]}\ntime: {feedback: pipelined 2}",
        "accesses to nodes[0].memory.windows wait for all before them")]
    [InlineData(
        "cut: l1}",
        "cut: l1}\ntime: {feedback: pipelined 2}\nnetwork: {kind: loggp}",
        "a network joins them")]
    [InlineData("peers:", "events: {level: off}\npeers:", "nothing for a peer to time")]
    public void AMistake_IsNamed(string good, string bad, string message) =>
        CliFixture.Mistakes(Job.Replace(good, bad, StringComparison.Ordinal))
            .ShouldContain(message);
}
