using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Nodes under KVM that talk over a network of the job. How long their own code runs is the
/// host's affair: bounds are on what the network's rates make.</summary>
public sealed partial class KvmNetworkTests
{
    private const int Bytes = 400_000;

    /// <summary>Of 1514 bytes on a link 1460 are the program's.</summary>
    [KvmTheory]
    [InlineData("1", 10_000_000)]
    [InlineData("10", 100_000_000)]
    public void APhysicalLink_SeemsTdfTimesAsFast(string tdf, int bitsPerSecond)
    {
        Run run = Run.Job(Talk(), $"time.tdf={tdf}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        decimal law = Bytes * 8m * 1514 / 1460 / bitsPerSecond * 1_000_000_000;
        decimal took = Taken().Match(run.Files["procs/client/stdout.txt"]) is { Success: true } match
            ? decimal.Parse(match.Groups["ns"].Value, CultureInfo.InvariantCulture)
            : 0;

        // The receiver adds up what came after the last of it: CPU time of one buffer.
        took.ShouldBeInRange(law, law * 1.05m);
        run.Statistic("network.sync.frames.late").ShouldBe(0);
        run.Statistic("client.events.overtaken").ShouldBeGreaterThanOrEqualTo(0);
        run.Result["exact"]!.ToJsonString().ShouldContain("given when they were sent");
        run.Result["estimates"]!.ToJsonString().ShouldContain("events.overtakenMax");
    }

    [KvmFact]
    public void NodesThatWaitForEachOther_AreADeadlockOfAll()
    {
        string serve = $"guest: {{program: {{path: {Paths.Guest("talk")}, args: [serve, '1']}}}}";
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - {name: a, engine: kvm, {{{serve}}}}
              - {name: b, engine: kvm, {{{serve}}}}
            network: {kind: star}
            """);
        run.ExitCode.ShouldNotBe(0);
        run.Result["nodes"]!.AsArray().ShouldAllBe(node => node!["end"]!.GetValue<string>() == "deadlock");
    }

    private static string Talk() => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: server
            engine: kvm
            guest: {program: {path: {{{Paths.Guest("talk")}}}, args: [serve, '5']}}
          - name: client
            engine: kvm
            guest: {program: {path: {{{Paths.Guest("talk")}}}, args: [call, server, '5', '{{{Bytes}}}']}}
        network: {kind: star, rates: physical, link: {bandwidth: 10Mbps, latency: 100us}, switch: {latency: 10us}}
        kernel: ideal
        """;

    [GeneratedRegex(@"bytes in (?<ns>\d+) ns")]
    private static partial Regex Taken();
}
