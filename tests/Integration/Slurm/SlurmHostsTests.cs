using System.Runtime.Versioning;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A job over two hosts as a heterogeneous job of a real Slurm.</summary>
[Trait("Tier", "slow")]
[SupportedOSPlatform("linux")]
public sealed class SlurmHostsTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const string Hosts = "hosts: [{name: a}, {name: b}]\n";

    private static string Pair => $$$"""
        apiVersion: dilaton/v1
        name: pair
        nodes:
          - name: n
            count: 2
            memory: {size: 32MiB, preset: small}
            guest: {program: {path: {{{Paths.Guest("allreduce", "dynamic")}}}, args: ['2000', '3', n0, n1]}}
        network: {kind: star, link: {bandwidth: 10Gbps, latency: 5us, mtu: 9000B}}

        """;

    [SlurmFact]
    public void AHeterogeneousJob_GivesTheSameBytes()
    {
        cluster.Up();
        Run here = Run.Job(Pair, "-q");
        here.ExitCode.ShouldBe(0, here.Error);
        Run spread = Run.JobWith(
            Pair + Hosts, cluster.Settings, "-q", "--executor", "slurm",
            "--slurm-options", "--partition=test");
        spread.ExitCode.ShouldBe(0, spread.Error + Said(spread));
        spread.Deterministic.ShouldBe(here.Deterministic);
        foreach (string file in (string[])["procs/n0/stdout.txt", "procs/n1/stdout.txt"])
        {
            spread.Files[file].ShouldBe(here.Files[file]);
        }

        string script = spread.Files["launch.sbatch"];
        script.Split('\n').Count(line => line == "#SBATCH hetjob").ShouldBe(1);
        script.Split('\n').Count(line => line == "#SBATCH --partition=test").ShouldBe(2);
        spread.Files["hosts/b/log.txt"].ShouldBe("");
    }

    [SlurmFact]
    public void WhatSlurmCantRun_IsTold()
    {
        cluster.Up();
        Run refused = Run.JobWith(
            Pair + Hosts, cluster.Settings, "-q", "--executor", "slurm",
            "--slurm-options", "--partition=nosuch");
        refused.ExitCode.ShouldBe(5, refused.Error);
        refused.Error.ShouldContain("launch.sbatch was not taken");
        refused.Error.ShouldContain("nosuch");
    }

    private static string Said(Run run) => string.Concat(run.Files
        .Where(file => file.Key.StartsWith("slurm-", StringComparison.Ordinal))
        .Select(file => file.Value));
}
