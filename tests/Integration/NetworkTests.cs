using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Nodes of one job that talk over a network.</summary>
public sealed class NetworkTests
{
    [Fact]
    public void UdpAndTcp_GoBetweenTwoNodes_AndNothingButTheJobDecidesWhen()
    {
        string job = Two("{kind: star, pcap: true}");
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/server/stdout.txt"].ShouldBe(
            "called from 10.0.0.2\ntook 300000 bytes, sum 501da7032f948f90\n");
        run.Files["procs/client/stdout.txt"].ShouldContain("300000 bytes in ");
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        run.Statistic("network.sent").ShouldBeGreaterThan(200);
        run.Statistic("network.sync.frames.late").ShouldBe(0);
        run.Files.Keys.ShouldContain("pcap/client.pcap");

        Same(Run.Job(job, "sync.transport=ipc"), run);
        Same(Run.Job(job, "sync.transport=tcp"), run);
        Same(Run.Job(job), run);
    }

    [Fact]
    public void ARoundTrip_GrowsByFourTimesTheLinksLatency()
    {
        decimal near = RoundTrip("{kind: star, link: {latency: 1us}}");
        decimal far = RoundTrip("{kind: star, link: {latency: 101us}}");
        (far - near).ShouldBe(4 * 100_000);
    }

    [Fact]
    public void LostFrames_AreSentAgain()
    {
        Run run = Run.Job(Two("{kind: point-to-point, link: {loss: 0.01}}", pings: 0));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        run.Statistic("network.lost").ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("kind: star")]
    [InlineData("kind: ring")]
    [InlineData("kind: torus, dimensions: [2, 3]")]
    [InlineData("kind: fat-tree, down: 2, up: 2")]
    [InlineData("kind: loggp")]
    public void AToken_GoesRoundOverEveryKindOfNetwork(string network)
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: n
                count: 6
                memory: {size: 64MiB}
                guest: {program: {path: {{{Talk}}}, args: [ring, '6', '3']}}
            network: { {{{network}}} }
            """);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/n0/stdout.txt"].ShouldStartWith("token 45 after ");
    }

    [Fact]
    public void WithSlack_LateFramesAreCountedAndTheAnswerIsRight()
    {
        Run run = Run.Job(Two("{kind: star}"), "sync={mode: slack, slack: 100us}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        run.Statistic("network.sync.lateness.max")
            .ShouldBeLessThanOrEqualTo(run.Statistic("network.sync.lateness.bound"));
        run.Result["estimates"]!.ToJsonString().ShouldContain("network.sync.frames.late");
    }

    [Fact]
    public void NodesThatWaitForEachOther_AreADeadlockOfAll()
    {
        Run run = Run.Job(Two("{kind: star}").Replace(
            "args: [call, server, '3', '300000']", "args: [serve, '3']",
            StringComparison.Ordinal));
        run.ExitCode.ShouldBe(1, run.Error);
        run.Result["nodes"]!.AsArray().ShouldAllBe(
            node => node!["end"]!.GetValue<string>() == "deadlock");
    }

    [Fact]
    public void ANodeThatCantBeStarted_LeavesTheOthersTheirResults()
    {
        using var folder = new TempFolder();
        string broken = folder.Write("broken", "not a program\n");
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: bad
                guest: {files: [{path: {{{folder.Path}}}}], program: {path: {{{broken}}}, cwd: {{{folder.Path}}}}}
              - name: good
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            network: {kind: star}
            """);
        run.ExitCode.ShouldBe(2, run.Error);
        run.Files["procs/good/stdout.txt"].ShouldBe("hello, world\n");
    }

    [Fact]
    public void Until_StopsAllNodes()
    {
        Run run = Run.Job(Two("{kind: star}"), "--until", "1ms");
        run.ExitCode.ShouldBe(4, run.Error);
        run.Result["complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("two-nodes", "client", "sum right")]
    [InlineData("torus", "n0", "token 480 after")]
    public void Example_Runs(string name, string node, string said)
    {
        string example = File.ReadAllText(
            Path.Combine(Paths.Root, "docs", "examples", "network", $"{name}.yaml"));
        Run run = Run.Job(example.Replace(
            "artifacts/guests/dynamic/talk", Talk, StringComparison.Ordinal));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files[$"procs/{node}/stdout.txt"].ShouldContain(said);
    }

    private static string Talk => Paths.Guest("talk", "dynamic");

    private static string Two(string network, int pings = 3) => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: server
            memory: {size: 256MiB}
            guest: {program: {path: {{{Talk}}}, args: [serve, '{{{pings}}}']}}
          - name: client
            memory: {size: 256MiB}
            guest: {program: {path: {{{Talk}}}, args: [call, server, '{{{pings}}}', '300000']}}
        network: {{{network}}}
        """;

    private static decimal RoundTrip(string network)
    {
        Run run = Run.Job(Two(network));
        run.ExitCode.ShouldBe(0, run.Error);
        string[] words = run.Files["procs/client/stdout.txt"].Split(' ');
        return decimal.Parse(words[3], CultureInfo.InvariantCulture);
    }

    private static void Same(Run run, Run other)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["stats.json"].ShouldBe(other.Files["stats.json"]);
        run.Files["pcap/client.pcap"].ShouldBe(other.Files["pcap/client.pcap"]);
        foreach (int node in new[] { 0, 1 })
        {
            run.Result["nodes"]![node]!["eventLogHash"]!.ToString()
                .ShouldBe(other.Result["nodes"]![node]!["eventLogHash"]!.ToString());
        }
    }
}
