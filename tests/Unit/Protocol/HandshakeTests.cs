using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class HandshakeTests
{
    private static readonly HandshakeExpectations s_job = new()
    {
        Peer = "memory",
        VcpuCount = 4,
        LineSizeBytes = 64,
        IssueSet = "inorder",
        MinLatencyPs = 50_000,
        Features = ["statistics"],
    };

    [Fact]
    public void WhatFits_HasNoDifferences() => Differences(_ => { }).ShouldBeEmpty();

    [Fact]
    public void WhatAPeerLeavesOpen_Fits() => Differences(hello =>
    {
        hello.Vcpus = 0;
        hello.LineSizeBytes = 0;
        hello.MinLatencyPs = 0;
    }).ShouldBeEmpty();

    [Fact]
    public void EachDifference_IsNamed() => Differences(hello =>
    {
        hello.Peer = "disk";
        hello.TicksPerSecond = 1_000_000_000;
        hello.LineSizeBytes = 128;
        hello.Vcpus = 2;
        hello.IssueSets.Clear();
        hello.MinLatencyPs = 20_000;
        hello.Features.Clear();
        hello.Features.Add(["access", "ring"]);
    }).ShouldBe(
    [
        "peer: the job has memory, the peer has disk",
        "ticks_per_second: the job has 1000000000000, the peer has 1000000000",
        "line_size_bytes: the job has 64, the peer has 128",
        "vcpus: the job has 4, the peer has 2",
        "issue_sets: the job has inorder, the peer has none",
        "min_latency_ps: the job has 50000, the peer has 20000",
        "features: the job has statistics, the peer has access, ring",
    ]);

    [Fact]
    public void AnotherVersion_IsTheOnlyDifferenceThatCounts() => Differences(hello =>
    {
        hello.Version = 2;
        hello.Vcpus = 1;
    }).ShouldBe(["version: the job has 1, the peer has 2"]);

    [Fact]
    public void APeerWithoutTheSetOfTheCores_IsRefusedByName() => Differences(hello =>
    {
        hello.IssueSets.Clear();
        hello.IssueSets.Add("inorder");
    }, s_job with { IssueSet = "interval" }).ShouldBe(["issue_sets: the job has interval, the peer has inorder"]);

    [Fact]
    public void APeerThatKnowsNoBranches_IsRefusedByName() =>
        Differences(_ => { }, s_job with { Features = ["branches"] })
            .ShouldBe(["features: the job has branches, the peer has statistics"]);

    private static IReadOnlyList<string> Differences(Action<Hello> change, HandshakeExpectations? job = null)
    {
        Hello hello = new()
        {
            Version = 1,
            Peer = "memory",
            TicksPerSecond = 1_000_000_000_000,
            LineSizeBytes = 64,
            Vcpus = 8,
            MinLatencyPs = 60_000,
            IssueSets = { "interval", "inorder" },
            Features = { "statistics" },
        };
        change(hello);
        return Handshake.Check(hello, job ?? s_job);
    }
}
