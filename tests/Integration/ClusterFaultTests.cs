using System.Globalization;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>What goes wrong with nodes in a network is told, and costs nobody else's results.
/// </summary>
public sealed partial class ClusterFaultTests
{
    private const int SignalStop = 19;

    [Fact]
    public void AnAddressThatNobodyHas_IsUnreachableInVirtualTime_AndTold()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: other
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
              - name: client
                guest: {program: {path: {{{Talk}}}, args: [call, 10.0.0.99, '1', '1']}}
            network: {kind: star}
            """);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldBe("connect: No route to host\n");

        // Asked three times, a second apart.
        run.Result["nodes"]![1]!["virtualTimePs"]!.GetValue<ulong>()
            .ShouldBeInRange(3_000_000_000_000UL, 3_010_000_000_000UL);
        run.Error.ShouldContain("DL0511: nobody answered at 10.0.0.99");
        run.Error.ShouldContain("no node has it: they have 10.0.0.1 to 10.0.0.2");
        run.Result["warnings"]!.ToJsonString().ShouldContain("DL0511");
        run.Files["procs/other/stdout.txt"].ShouldBe("hello, world\n");
    }

    [Fact]
    public void AWorkerThatHangs_IsNamed_AndTheRunEndsWithAllResults()
    {
        var settings = new CommandSettings
        {
            ActOn = "begun",
            Act = front => Kill(Workers(front)[1], SignalStop).ShouldBe(0),
        };
        Run run = Run.JobWith($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: fine
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [spin], stdout: inherit}}
              - name: stuck
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [spin]}}
            network: {kind: star, link: {latency: 100us}}
            sync: {timeout: 5s}
            """, settings);
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("the worker of stuck hangs: no progress within 5s (at ");
        run.Error.ShouldContain("DL0510");
        run.Result["nodes"]!.AsArray().Select(node => node!["end"]!.GetValue<string>())
            .ShouldBe(["stopped", "lost"]);
        run.Result["nodes"]![0]!["instructions"]!.GetValue<ulong>().ShouldBeGreaterThan(1000UL);
        run.Files.Keys.ShouldContain("stats.txt");
    }

    [Fact]
    public void ADeadlock_SaysWhoWaitsForWhom_AndWhoCalled()
    {
        Run run = Run.Of(["--cores", "2"], Paths.Guest("deadlock"), []);
        run.ExitCode.ShouldBe(1, run.Error);
        string[] lines = [.. run.Error.Split('\n').Where(
            line => line.StartsWith("  ", StringComparison.Ordinal))];
        string first = lines.Single(line => line.Contains("thread 1000 (", StringComparison.Ordinal)
            && line.Contains("waits in futex(0x", StringComparison.Ordinal)
            && line.Contains("if it is a mutex held by thread 1001", StringComparison.Ordinal));
        lines[Array.IndexOf(lines, first) + 1].ShouldContain("from main+0x");
        string second = lines.Single(line => line.Contains("thread 1001 (", StringComparison.Ordinal)
            && line.Contains("if it is a mutex held by thread 1000", StringComparison.Ordinal));
        lines[Array.IndexOf(lines, second) + 1].ShouldContain("from second+0x");
    }

    /// <summary>The client sends a datagram more than the server answers.</summary>
    [Fact]
    public void NodesThatWaitForEachOther_AreShownWithTheirPartners()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: server
                guest: {program: {path: {{{Talk}}}, args: [serve, '2']}}
              - name: client
                guest: {program: {path: {{{Talk}}}, args: [call, server, '3', '100']}}
            network: {kind: star}
            """);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Error.ShouldContain("server, client: the guest is in deadlock");
        string[] lines = run.Error.Split('\n');
        lines.ShouldContain(line => line.StartsWith("  server: ", StringComparison.Ordinal)
            && line.Contains("waits in read(", StringComparison.Ordinal)
            && line.Contains("(Established), 10.0.0.2 being client", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  client: ", StringComparison.Ordinal)
            && line.Contains("waits in recvfrom(", StringComparison.Ordinal)
            && line.Contains("from 10.0.0.1:7000, 10.0.0.1 being server", StringComparison.Ordinal));
        run.Files["procs/client/state.txt"].ShouldContain("called from main+0x");
    }

    [Fact]
    public void AGuestThatCrashesInANetwork_LeavesTheOthersTheirResults()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: dead
                guest: {program: {path: {{{Paths.Guest("die")}}}, args: ['null']}}
              - name: server
                guest: {program: {path: {{{Talk}}}, args: [serve, '2']}}
              - name: client
                guest: {program: {path: {{{Talk}}}, args: [call, server, '2', '5000']}}
            network: {kind: star}
            """);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Result["reason"]!.GetValue<string>()
            .ShouldBe("dead: the guest died by signal 11 (SIGSEGV)");
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
    }

    [Fact]
    public void APartition_IsLoggedWithWhoIsCutOff()
    {
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: server
                guest: {program: {path: {{{Talk}}}, args: [serve, '2']}}
              - name: client
                guest: {program: {path: {{{Talk}}}, args: [call, server, '2', '300000']}}
            network:
              kind: overlay
              link: {bandwidth: 10Mbps}
              overlay:
                learning: true
                hosts: [{name: a, nodes: [server]}, {name: b, nodes: [client]}]
                links: [{name: ab, hosts: [a, b]}]
                routes: |
                  at 50ms LINK DEL ab
            time: {until: 500ms}
            """);
        run.ExitCode.ShouldBe(4, run.Error);
        run.Files["overlay.txt"].ShouldContain(
            "at 50ms LINK DEL ab\n# from 50ms on no frame goes between: server | client\n");
        run.Statistic("network.cut").ShouldBeGreaterThan(0);
        run.Result["complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    private static string Talk => Paths.Guest("talk", "dynamic");

    /// <summary>In the order of their start.</summary>
    private static int[] Workers(int front)
    {
        List<(ulong Start, int Id)> workers = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id)
                && Stat(folder) is { } stat && IsBelow(id, front)
                && File.ReadAllText($"{folder}/cmdline").Split('\0').Contains("worker"))
            {
                workers.Add((ulong.Parse(stat[19], CultureInfo.InvariantCulture), id));
            }
        }

        return [.. workers.Order().Select(worker => worker.Id)];
    }

    private static bool IsBelow(int id, int front)
    {
        while (id > 1 && id != front)
        {
            id = Stat($"/proc/{id}") is { } stat
                ? int.Parse(stat[1], CultureInfo.InvariantCulture)
                : 0;
        }

        return id == front;
    }

    /// <summary>From the state on (proc(5), "stat", field 3).</summary>
    private static string[]? Stat(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
