using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Dilaton.Tests.Integration.Gem5;
using Dilaton.Tests.Integration.Sst;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Sweeps whose points have a real SST or gem5.</summary>
[Trait("Tier", "slow")]
[SupportedOSPlatform("linux")]
public sealed class PeerSweepTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    /// <summary>SST's L2 behind our L1; the guest's loop fits into the larger ones.</summary>
    private static string SstCaches => $$"""
        apiVersion: dilaton/v1
        name: sst-caches
        nodes:
          - memory: {size: 64MiB, cut: l1, peer: memory}
            guest: {program: {path: {{Paths.Guest("chase")}}, args: ["262144", "20000"]} }
        peers:
          - name: memory
            kind: sst
            graph:
              components:
                - name: vcpus
                  type: dilaton.Vcpus
                  slots:
                    - {slot: memory, type: memHierarchy.standardInterface}
                - name: l2
                  type: memHierarchy.Cache
                  params:
                    L1: 1
                    cache_size: 64KiB
                    associativity: 8
                    access_latency_cycles: 12
                    cache_frequency: 2GHz
                    cache_line_size: 64
                    coherence_protocol: MESI
                - name: memory
                  type: memHierarchy.MemController
                  params: {clock: 1GHz, backing: none, addr_range_start: 0, addr_range_end: 67108863}
                  slots:
                    - {slot: backend, type: memHierarchy.simpleMem, params: {mem_size: 64MiB, access_time: 60ns} }
              links:
                - {a: vcpus.memory.lowlink, b: l2.highlink, latency: 500ps}
                - {a: l2.lowlink, b: memory.highlink, latency: 500ps}
        sweep:
          parameters:
            "peers[0].graph.components[1].params.cache_size": [64KiB, 128KiB, 1MiB]

        """;

    private static string Gem5Memories => $$"""
        apiVersion: dilaton/v1
        name: gem5-memories
        nodes:
          - cores: {frequency: 2GHz, rates: physical}
            memory: {size: 1GiB, cut: none, peer: memory}
            guest: {program: {path: {{Paths.Guest("chase")}}, args: ["524288", "2000"]} }
        peers:
          - {name: memory, kind: gem5, config: {{Gem5Job.Example("memories.py")}}, args: [ddr3], minLatency: 500ps}
        sweep:
          parameters:
            tdf: [1, 10]
            "peers[0].args": [[ddr3], [hbm]]

        """;

    [SstFact]
    public void Sst_SweptOverItsCaches_KilledAndResumed_GivesTheSameBytes()
    {
        using Sweep calm = new Sweep(SstCaches).Good();
        double[] times = Times(calm);
        times.Length.ShouldBe(3);
        times[2].ShouldBeLessThan(times[0] / 2);
        KillAndResume(calm);
    }

    [Gem5Fact]
    public void Gem5_SweptOverDilationAndMemories_KilledAndResumed_GivesTheSameBytes()
    {
        using Sweep calm = new Sweep(Gem5Memories).Good();
        double[] times = Times(calm);
        times.Length.ShouldBe(4);
        times[2].ShouldBeLessThan(times[0], "a physical processor is faster the larger the TDF");
        times.Distinct().Count().ShouldBe(4);
        KillAndResume(calm);
    }

    [SlurmSstFact]
    public void Sst_BySlurm_GivesTheBytesOfTheLocalPool()
    {
        using Sweep local = new Sweep(SstCaches).Good();
        cluster.Up();
        using Sweep sweep = new(local);
        CommandResult refused = cluster.Run(sweep);
        refused.ExitCode.ShouldBe(6, "a worker and a peer ask for two processors, and a node has one");

        cluster.Good(sweep, "--resume", "--slurm-options", "--cpus-per-task=1");
        sweep.Results.ShouldBe(local.Results);
    }

    /// <summary>The sweep is killed when a point has ended, and nothing of it lives on.</summary>
    private static void KillAndResume(Sweep calm)
    {
        using Sweep sweep = new(calm);
        using Process process = sweep.Start("-j", "1");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/result.json", 1));
        IReadOnlyList<int> below = Descendants.Of(process.Id);
        Command.Run("/bin/kill", ["-KILL", process.Id.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(128 + 9);
        foreach (int id in below)
        {
            SpinWait.SpinUntil(() => !Descendants.IsAlive(id), TimeSpan.FromMinutes(1))
                .ShouldBeTrue($"process {id} goes on");
        }

        sweep.HasFiles("runs/*/result.json", calm.Points.Length).ShouldBeFalse();
        sweep.Good("--resume");
        sweep.Results.ShouldBe(calm.Results);
    }

    private static double[] Times(Sweep sweep) =>
    [
        .. sweep.Lines("results.csv").Select(line => line.Split(','))
            .Where(cells => cells[^3] == "virtualTime")
            .Select(cells => double.Parse(cells[^2], CultureInfo.InvariantCulture)),
    ];

}
