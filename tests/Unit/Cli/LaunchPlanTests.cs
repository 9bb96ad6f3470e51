using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class LaunchPlanTests
{
    [Fact]
    public void ThePlan_HasCommandEndpointAndFiles()
    {
        string plan = Plan("kind: sst, config: /x/my graph.py, args: [--ways, '8 9']");
        plan.ShouldContain("a worker process, for /bin/true");
        plan.ShouldContain("DILATON_ENDPOINT=ipc:///tmp/dilaton-RUN/mem DILATON_PEER=mem sst ");
        plan.ShouldContain("--output-directory=/out/peers/mem '/x/my graph.py' -- --ways '8 9'");
        plan.ShouldContain("its output in /out/peers/mem/log.txt");
    }

    [Fact]
    public void Ranks_AreStartedByMpirunOnThisHostAlone()
    {
        string plan = Plan("kind: sst, config: /x/l2.py, ranks: 4");
        plan.ShouldContain("DILATON_PEER=mem mpirun -np 4 --host localhost:4 --oversubscribe ");
        plan.ShouldContain(" --mca plm isolated --mca ras ");
        plan.ShouldContain(" --mca btl vader,self ");
        plan.ShouldContain(" sst --add-lib-path=");
        Plan("kind: sst, config: /x/l2.py, ranks: 1").ShouldNotContain("mpirun");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void OneRank_IsToldThatItIsAlone(int ranks, bool isAlone)
    {
        PeerJob peer = new() { Name = "mem", Kind = PeerKind.Sst, Config = "/x/l2.py", Ranks = ranks };
        Dictionary<string, string?> variables = PeerCommand.Environment(peer, "ipc:///s/mem");
        variables["DILATON_RANKS"].ShouldBe(ranks == 1 ? "1" : "2");

        // An SST with MPI starts no daemon, and does not take itself for one that srun started.
        variables.ContainsKey("OMPI_MCA_ess_singleton_isolated").ShouldBe(isAlone);
        variables.TryGetValue("SLURM_STEP_ID", out string? step).ShouldBe(isAlone);
        step.ShouldBeNull();
        PeerCommand.Environment(peer with { Kind = PeerKind.Gem5, Ranks = 1 }, "ipc:///s/mem")
            .ShouldNotContainKey("DILATON_RANKS");
    }

    [Theory]
    [InlineData("kind: manual, endpoint: 'tcp://127.0.0.1:5000'",
        "started by hand, with DILATON_ENDPOINT=tcp://127.0.0.1:5000 DILATON_PEER=mem")]
    [InlineData("kind: replay, config: /x/rec", "nothing is started: /x/rec answers")]
    [InlineData("kind: gem5, config: /x/g.py", "gem5.opt --outdir=/out/peers/mem /x/g.py")]
    [InlineData("kind: command, program: it's, record: /r", "'it'\\''s'")]
    [InlineData("kind: command, program: it, record: /r", "all messages recorded in /r")]
    public void EachKindOfPeer_HasItsOwn(string peer, string line) =>
        Plan(peer).ShouldContain(line);

    private static string Plan(string peer) => string.Join('\n', LaunchPlan.Lines(
        CliFixture.Good($$$"""
            apiVersion: dilaton/v1
            nodes:
              - guest: {program: {path: /bin/true}}
                memory: {peer: mem, cut: l1}
            peers:
              - {name: mem, {{{peer}}}}
            """),
        "/out"));
}
