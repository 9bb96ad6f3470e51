using Dilaton.Tests.Integration.Gem5;
using Dilaton.Tests.Integration.Sst;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Nodes of one job whose memories are timed by simulators of different kinds, each by a
/// process of its own.</summary>
public sealed class MixedPeersTests
{
    private const string Sst = "{name: sst, kind: sst, config: SST}";
    private const string Gem5 = ", {name: g1, kind: gem5, config: GEM5, minLatency: 5ns}"
        + ", {name: g2, kind: gem5, config: GEM5, minLatency: 5ns}";

    [SstFact]
    public void OneNodeOnSst_TheOtherOnOurDram() => Check(
        "{name: s, memory: {size: 1GiB, cut: l1, peer: sst}, GUEST}, "
            + "{name: own, memory: {size: 1GiB}, GUEST}",
        Sst, "s");

    [SstAndGem5Fact]
    public void SstAndTwoGem5s_InOneJob()
    {
        Run run = Check(
            "{name: s, memory: {size: 1GiB, cut: l1, peer: sst}, GUEST}, "
                + "{name: a, memory: {size: 1GiB, cut: hierarchy, peer: g1}, GUEST}, "
                + "{name: b, memory: {size: 1GiB, cut: hierarchy, peer: g2}, GUEST}, "
                + "{name: own, memory: {size: 1GiB}, GUEST}",
            Sst + Gem5, "s", "a", "b");

        // Two gem5 processes of one configuration, asked the same, say the same.
        run.Statistic("a.finalTick").ShouldBe(run.Statistic("b.finalTick"));
        run.Files.Keys.ShouldContain("peers/g1/log.txt");
        run.Files.Keys.ShouldContain("peers/g2/log.txt");
    }

    private static Run Check(string nodes, string peers, params string[] simulated)
    {
        string guest = $"guest: {{program: {{path: {Paths.Guest("quicksort")}, args: ['500'], "
            + "env: {LANG: C}}}";
        Run run = Run.Job($"""
            apiVersion: dilaton/v1
            nodes: [{nodes.Replace("GUEST", guest, StringComparison.Ordinal)}]
            peers: [{peers}]

            """.Replace("SST", SstJob.Example("l2.py"), StringComparison.Ordinal)
            .Replace("GEM5", Gem5Job.Example("dram.py"), StringComparison.Ordinal));
        run.ExitCode.ShouldBe(0, run.Error);
        string output = Run.Native(Paths.Guest("quicksort"), ["500"]).Output;
        run.Files["procs/own/stdout.txt"].ShouldBe(output);
        foreach (string name in simulated)
        {
            run.Files[$"procs/{name}/stdout.txt"].ShouldBe(output);
            run.Statistic($"{name}.weave.requests").ShouldBeGreaterThan(100);
            run.Statistic($"{name}.peer.exchanges").ShouldBeGreaterThan(0);
        }

        return run;
    }
}
