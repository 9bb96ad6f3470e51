using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Law 8 for real guests on several nodes, a worker process each: what carries grants and
/// frames, and on how many processors all of it runs, shows nowhere.</summary>
public sealed class RealLayoutTests
{
    private const string OneProcessor = "0";
    private static readonly string s_job = AllReduceJob.Text(AllReduceJob.Ring, 180, 2);
    private static readonly Lazy<string> s_first =
        new(() => AllReduceJob.Bytes(Run.Job(s_job)));

    [Theory]
    [InlineData("ring", OneProcessor)]
    [InlineData("ipc", "")]
    [InlineData("ipc", OneProcessor)]
    [InlineData("tcp", "")]
    [InlineData("tcp", OneProcessor)]
    public void TransportAndProcessors_DoNotShow(string transport, string processors)
    {
        Run run = Run.JobWith(
            s_job, new() { Cpus = processors }, $"sync.transport={transport}");
        AllReduceJob.Bytes(run).ShouldBe(s_first.Value);
    }

    /// <summary>The same with the network in a process of its own.</summary>
    [RequiresPeerFact]
    public void ANetworkBehindTheWire_GivesTheSameOverIpc_TheRing_AndTcp()
    {
        string job = AllReduceJob.Text(
            $$$"""
            network: {kind: peer, peer: fabric}
            peers:
              - name: fabric
                kind: command
                program: {{{PeerJob.Program}}}
                args: [--network, --latency, 15us, --bandwidth, 10Gbps]
            """, 180, 2);
        string first = AllReduceJob.Bytes(Run.Job(job));
        AllReduceJob.Bytes(Run.JobWith(job, new() { Cpus = OneProcessor })).ShouldBe(first);
        AllReduceJob.Bytes(Run.Job(job, "peers[0].ring=off", "sync.transport=ipc"))
            .ShouldBe(first);
        AllReduceJob.Bytes(Run.JobWith(
            job, new() { Cpus = OneProcessor },
            "peers[0].endpoint=tcp://127.0.0.1:47219", "sync.transport=tcp")).ShouldBe(first);
    }

    [Fact]
    public void AnotherJob_GivesOtherBytes() => AllReduceJob.Bytes(
        Run.Job(AllReduceJob.Text(AllReduceJob.Ring, 181, 2))).ShouldNotBe(s_first.Value);
}
