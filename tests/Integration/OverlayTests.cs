using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs that talk over an overlay of hosts with routes.</summary>
public sealed class OverlayTests
{
    private static readonly string s_example = File.ReadAllText(
        Path.Combine(Paths.Root, "docs", "examples", "network", "overlay.yaml"))
        .Replace("artifacts/guests/dynamic/talk", Talk, StringComparison.Ordinal);

    [Fact]
    public void ATokenGoesRound_AndIsSlowerFromTheChangeOn()
    {
        Run run = Run.Job(s_example);
        run.ExitCode.ShouldBe(0, run.Error);
        long changed = TokenTime(run);
        run.Files["overlay.txt"].ShouldContain("at 8ms on west DEL 6\n");
        run.Statistic("network.commands").ShouldBe(14 + 12);
        run.Statistic("network.near.east.frames").ShouldBeGreaterThan(10);
        run.Statistic("network.far.east.frames").ShouldBeGreaterThan(5);
        run.Statistic("network.unmatched").ShouldBe(0);

        // Without the change each of 30 rounds has two links of 50 us, not of 500 us.
        string before = string.Join('\n', s_example.Split('\n').Where(
            line => !line.TrimStart().StartsWith("at ", StringComparison.Ordinal)));
        long near = TokenTime(Run.Job(before));
        long far = TokenTime(Run.Job(s_example.Replace("at 8ms", "at 1us", StringComparison.Ordinal)));
        (far - near).ShouldBeInRange(30 * 2 * 450_000 * 98L / 100, 30 * 2 * 450_000 * 110L / 100);
        changed.ShouldBeInRange(near + 1_000_000, far - 1_000_000);

        Run again = Run.Job(s_example, "sync.transport=tcp");
        again.Files["overlay.txt"].ShouldBe(run.Files["overlay.txt"]);
        again.Files["stats.txt"].ShouldBe(run.Files["stats.txt"]);
    }

    [Fact]
    public void LearningHosts_NeedNoRoutes()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: n
                count: 6
                memory: {size: 64MiB}
                guest: {program: {path: {{{Talk}}}, args: [ring, '6', '3']}}
            network:
              kind: overlay
              pcap: true
              overlay:
                learning: true
                hosts:
                  - {name: a, nodes: [n0, n1]}
                  - {name: b, nodes: [n2, n3]}
                  - {name: c, nodes: [n4, n5]}
                links:
                  - {name: ab, hosts: [a, b], latency: 10us}
                  - {name: bc, hosts: [b, c], latency: 10us}
                  - {name: ca, hosts: [c, a], latency: 10us}
            """);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/n0/stdout.txt"].ShouldStartWith("token 45 after ");

        // The three links are a ring, in which broadcasts of ARP would never end.
        run.Statistic("network.duplicates").ShouldBeGreaterThan(0);
        run.Statistic("network.a.learned").ShouldBeGreaterThan(5);
        run.Statistic("network.expired").ShouldBe(0);
        run.Files.Keys.ShouldContain("pcap/n5.pcap");
        run.Files["pcap/ab.link.pcap"].Length.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void NodesThatAreCutOff_AreWarnedOfBeforeTheRun()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: n
                count: 3
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            network:
              kind: overlay
              overlay: {learning: true, hosts: [{name: a, nodes: [n0, n1]}]}
            """);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("at the start no frame goes between: n0, n1 | n2 [DL0209]");
    }

    [Fact]
    public void Check_PrintsTheWayOfAFrame()
    {
        using var folder = new TempFolder();
        string job = folder.Write("job.yaml", s_example);
        CommandResult near = Check(job, "7999us");
        near.ExitCode.ShouldBe(0, near.Error);
        near.Output.ShouldContain("every node is joined with every other");
        near.Output.ShouldContain(
            "east, from interface 02:00:00:00:00:00: route 2 of priority 6 -> edge near");
        Check(job, "8ms").Output.ShouldContain("route 7 of priority 6 -> edge far");
        Check(job, "now").ExitCode.ShouldBe(2);
    }

    private static string Talk => Paths.Guest("talk", "dynamic");

    private static CommandResult Check(string job, string at) => Command.Run(
        Paths.Dilaton, ["network", "check", job, "--from", "n0", "--to", "n2", "--at", at]);

    private static long TokenTime(Run run)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        string[] words = run.Files["procs/n0/stdout.txt"].Split(' ');
        return long.Parse(words[3], CultureInfo.InvariantCulture);
    }
}
