using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>What a node's interface does after its last program: TCP goes on as on a real host.</summary>
public sealed class EndedNodeTests
{
    private const int Bytes = 1_245_184;
    private const ulong Second = 1_000_000_000_000;

    [Fact]
    public void WhatWasWritten_ComesAfterTheWritersEnd_WhateverTheLayout()
    {
        string job = Job("take", "{kind: star, pcap: true}");
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        Took(run);
        (Time(run, "client") * 2).ShouldBeLessThan(Time(run, "server"));
        run.Result["warnings"]!.AsArray().ShouldBeEmpty();
        foreach (string[] layout in new[]
        {
            new[] { "isolation=shared", "sync.workers=1" },
            ["isolation=shared", "sync.workers=2"],
            ["isolation=process", "sync.transport=tcp"],
        })
        {
            Run other = Run.Job(job, layout);
            other.Deterministic.ShouldBe(run.Deterministic);
            other.Files["pcap/client.pcap"].ShouldBe(run.Files["pcap/client.pcap"]);
            Logs(other).ShouldBe(Logs(run));
        }
    }

    [Fact]
    public void WhatIsLostAfterTheWritersEnd_IsSentAgain()
    {
        Run run = Run.Job(Job("take", "{kind: point-to-point, link: {loss: 0.02}}"));
        run.ExitCode.ShouldBe(0, run.Error);
        Took(run);
        run.Statistic("network.lost").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void AReaderThatEndsWithoutReading_ResetsTheConnection_AndTheJobEnds()
    {
        Run run = Run.Job(Job("shun", "{kind: star, pcap: true}"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/server/stdout.txt"].ShouldBe("took nothing\n");
        run.Files["procs/client/stdout.txt"].ShouldBe(Poured);
        Time(run, "client").ShouldBeLessThan(Second / 2);
        Time(run, "server").ShouldBeInRange(Second * 9 / 10, Second);
    }

    private static string Poured => string.Create(CultureInfo.InvariantCulture, $"poured {Bytes} bytes\n");

    private static void Took(Run run)
    {
        run.Files["procs/client/stdout.txt"].ShouldBe(Poured);
        run.Files["procs/server/stdout.txt"].ShouldBe(
            string.Create(CultureInfo.InvariantCulture, $"took {Bytes} bytes and the end\n"));
    }

    private static JsonNode Node(Run run, string name) =>
        run.Result["nodes"]!.AsArray().Single(node => node!["name"]!.GetValue<string>() == name)!;

    private static ulong Time(Run run, string name) => Node(run, name)["virtualTimePs"]!.GetValue<ulong>();

    private static string Logs(Run run) => string.Join(
        ' ', run.Result["nodes"]!.AsArray().Select(node => node!["eventLogHash"]!.ToString()));

    private static string Job(string server, string network)
    {
        string talk = Paths.Guest("talk", "dynamic");
        return $$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: server
                memory: {size: 256MiB}
                guest: {program: {path: {{{talk}}}, args: [{{{server}}}]}}
              - name: client
                memory: {size: 256MiB}
                guest: {program: {path: {{{talk}}}, args: [pour, server, '{{{Bytes}}}']}}
            network: {{{network}}}
            """;
    }
}
