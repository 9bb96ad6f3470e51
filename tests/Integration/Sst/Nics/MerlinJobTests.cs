using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Jobs whose nodes are joined by merlin, in the real SST.</summary>
public sealed class MerlinJobTests
{
    private const string Statistics = "peers/fabric/statistics.csv";

    [SstFact("merlin")]
    public void UdpAndTcp_GoOverMerlinsTorus_TheSameEveryTime()
    {
        using TempFolder folder = new();
        string job = Two(folder.Write("two.py", File.ReadAllText(SstJob.Example("torus.py"))
            .Replace("nodes=16", "nodes=2", StringComparison.Ordinal)));
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        SstJob.Sum(run.Files[Statistics], "nic1", "frames_sent").ShouldBeGreaterThan(200UL);
        Run again = Run.Job(job);
        again.ExitCode.ShouldBe(0, again.Error);
        again.Files["stats.json"].ShouldBe(run.Files["stats.json"]);
        again.Files["procs/client/stdout.txt"].ShouldBe(run.Files["procs/client/stdout.txt"]);
        again.Files[Statistics].ShouldBe(run.Files[Statistics]);
    }

    /// <summary>Merlin's routers pass a frame on when its head has come; ours wait for the last
    /// byte, on each link once more.</summary>
    [SstFact("merlin")]
    public void TheTokenOfTheExamples_IsFasterOverMerlinByTheStoringThatItLeavesOut()
    {
        // Of four rounds; the first, in which nodes ask for addresses, is left out.
        decimal ours = Token("torus", 8) - Token("torus", 4);
        decimal merlins = Token("merlin-torus", 8) - Token("merlin-torus", 4);

        // A round has 12 steps over 3 links and 4, at rows' ends, over 4; merlin stores on one of
        // each. At the end of each step dilaton.Nic takes 500 ns, which ours does not.
        const decimal FrameNs = 1514 * 8 / 25m;
        const decimal Storing = 4 * ((12 * 2 * FrameNs) + (4 * 3 * FrameNs));
        const decimal Receiving = 4 * 16 * 500m;
        ((ours - merlins + Receiving) / Storing).ShouldBeInRange(0.9m, 1.1m);
    }

    [SstTheory("merlin")]
    [InlineData("nodes=16", "nodes=1", "it has 1 dilaton.Nic, and the job has 2 nodes")]
    [InlineData("nodes=16", "nodes=16", "it has 16 dilaton.Nic, and the job has 2 nodes")]
    [InlineData("dilaton.statistics",
        "import sst\nsst.Component('v', 'dilaton.Vcpus')\ndilaton.statistics",
        "it has both dilaton.Nic and dilaton.Vcpus")]
    public void AConfigurationThatDoesNotFit_IsRefusedBeforeAnythingIsStarted(
        string good, string bad, string message)
    {
        using TempFolder folder = new();
        string config = folder.Write("changed.py", File.ReadAllText(SstJob.Example("torus.py"))
            .Replace(good, bad, StringComparison.Ordinal));
        Run run = Run.Job(Two(config));
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain($"peer 'fabric': {message}");
        run.Files.ShouldBeEmpty();
    }

    [SstFact("merlin")]
    public void ANetworkInAMemorysPlace_IsRefusedBeforeAnythingIsStarted()
    {
        Run run = Run.Job(SstJob.Text(SstJob.Example("torus.py"), "cut: l1", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain("it has dilaton.Nic and is no network of the job");
    }

    private static decimal Token(string example, int rounds)
    {
        string folder = Path.Combine(Paths.Root, "docs", "examples", "network");
        Run run = Run.Job(File.ReadAllText(Path.Combine(folder, $"{example}.yaml"))
            .Replace("'16', '4'", $"'16', '{rounds}'", StringComparison.Ordinal)
            .Replace("docs/examples/network", folder, StringComparison.Ordinal)
            .Replace(
                "artifacts/guests/dynamic/talk", Paths.Guest("talk", "dynamic"),
                StringComparison.Ordinal));
        run.ExitCode.ShouldBe(0, run.Error);
        string[] words = run.Files["procs/n0/stdout.txt"].Split(' ');
        words[1].ShouldBe($"{120 * rounds}");
        return decimal.Parse(words[3], CultureInfo.InvariantCulture);
    }

    private static string Two(string config) => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: server
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("talk", "dynamic")}}}, args: [serve, '3']}}
          - name: client
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("talk", "dynamic")}}}, args: [call, server, '3', '300000']}}
        network: {kind: peer, peer: fabric}
        peers:
          - {name: fabric, kind: sst, config: {{{config}}}}
        """;
}
