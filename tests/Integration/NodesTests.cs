using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Several nodes in one job, without a network.</summary>
public sealed partial class NodesTests
{
    private static string Mixed => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: quick
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("hello")}}}}}
          - name: many
            count: 3
            cores: {count: 4}
            memory: {size: 256MiB, preset: small}
            guest: {program: {path: {{{Paths.Guest("threads")}}}}}
          - name: slow
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("sieve")}}}}}
        """;

    [Fact]
    public void EachNode_HasItsOutputResultsAndStatistics()
    {
        Run run = Run.Job(Mixed);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("");
        run.Result["reason"]!.GetValue<string>().ShouldBe("all 5 nodes ended well");
        Names(run).ShouldBe(["quick", "many0", "many1", "many2", "slow"]);
        run.Files["procs/quick/stdout.txt"].ShouldBe("hello, world\n");
        string threads = Run.Native(Paths.Guest("threads"), []).Output;
        foreach (string name in Names(run))
        {
            run.Statistic($"{name}.finalTick").ShouldBe(Node(run, name)["virtualTimePs"]!
                .GetValue<decimal>());
            run.Files["stats.txt"].ShouldContain($"\n{name}.simInsts ");
            run.Files["stats.csv"].ShouldContain($"\n{name}, simInsts, ");
            run.Files["host.json"].ShouldContain($"\"{name}.workerProcessId\"");
            run.Files[$"procs/{name}/stderr.txt"].ShouldBe("");
            if (name.StartsWith("many", StringComparison.Ordinal))
            {
                run.Files[$"procs/{name}/stdout.txt"].ShouldBe(threads);
            }
        }

        run.Error.ShouldContain("all 5 nodes ended well");
    }

    [Fact]
    public void Results_DoNotDependOnWhoIsDoneFirst()
    {
        Run first = Run.Job(Mixed);
        Run second = Run.Job(Mixed);
        second.Deterministic.ShouldBe(first.Deterministic);
        OwnFiles(second).ShouldBe(OwnFiles(first));
    }

    [Fact]
    public void ANode_GivesWhatItGivesAlone()
    {
        Run together = Run.Job(Mixed);
        Run alone = Run.Of(
            ["memory.size=256MiB", "guest.program.stdin=none", "guest.files=[{path: /}]",
                "guest.program.cwd=/"],
            Paths.Guest("sieve"),
            []);
        alone.ExitCode.ShouldBe(0, alone.Error);
        Run among = Run.Job(
            Mixed.Replace("name: quick", "name: other", StringComparison.Ordinal),
            "guest.program.cwd=/",
            "guest.files=[{path: /}]");
        foreach (string key in new[] { "virtualTimePs", "instructions" })
        {
            Node(among, "slow")[key]!.ToJsonString().ShouldBe(alone.Node[key]!.ToJsonString());
            Node(together, "slow")[key]!.ToJsonString()
                .ShouldBe(alone.Node[key]!.ToJsonString());
        }
    }

    [Fact]
    public void NodesOfAKind_DifferInTheirRandomBytesOnly()
    {
        Run run = Run.Job(Sized("""
            nodes:
              - name: r
                count: 3
                guest:
                  program: {path: /usr/bin/od, args: ['-An', '-tx1', '-N16', /dev/urandom]}
            """));
        run.ExitCode.ShouldBe(0, run.Error);
        string[] bytes =
            [.. Enumerable.Range(0, 3).Select(i => run.Files[$"procs/r{i}/stdout.txt"])];
        bytes.Distinct().Count().ShouldBe(3);
        Run alone = Run.Of("/usr/bin/od", "-An", "-tx1", "-N16", "/dev/urandom");
        alone.Output.ShouldBe(bytes[0]);
    }

    [Fact]
    public void AGuestThatFails_EndsItsNodeOnly()
    {
        Run run = Run.Job(Sized($$$"""
            nodes:
              - name: dead
                guest: {program: {path: {{{Paths.Guest("die")}}}, args: ['null']}}
              - name: stuck
                cores: {count: 2}
                guest: {program: {path: {{{Paths.Guest("deadlock")}}}}}
              - name: traces
                guest: {program: {path: {{{Paths.Guest("die")}}}, args: [trace]}}
              - name: fine
                guest: {program: {path: {{{Paths.Guest("sieve")}}}}}
            """));
        run.ExitCode.ShouldBe(1, run.Error);
        Ends(run).ShouldBe(["guest-exited", "deadlock", "guest-exited", "guest-exited"]);
        Statuses(run).ShouldBe(["guest-failed", "guest-failed", "guest-failed", "ok"]);
        run.Result["reason"]!.GetValue<string>()
            .ShouldBe("dead: the guest died by signal 11 (SIGSEGV); 2 other nodes ended so too");
        run.Error.ShouldContain("dead: the guest died by signal 11 (SIGSEGV)");
        run.Error.ShouldContain("stuck: the guest is in deadlock");
        run.Files["procs/stuck/state.txt"].ShouldContain("futex");
        run.Files["procs/stuck/stdout.txt"].ShouldBe("about to wait\n");
        run.Files["procs/fine/stdout.txt"]
            .ShouldBe(Run.Native(Paths.Guest("sieve"), []).Output);
    }

    [Fact]
    public void AGuestThatCantBeStarted_StopsNoOther()
    {
        using var folder = new TempFolder();
        string broken = folder.Write("broken", "not a program\n");
        Run run = Run.Job(Sized($$$"""
            nodes:
              - guest: {files: [{path: {{{folder.Path}}}}], program: {path: {{{broken}}}, cwd: {{{folder.Path}}}}}
              - guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            """));
        run.ExitCode.ShouldBe(2, run.Error);
        Statuses(run).ShouldBe(["usage", "ok"]);
        run.Files["procs/node1/stdout.txt"].ShouldBe("hello, world\n");
    }

    [Fact]
    public void Until_IsForEveryNode()
    {
        Run run = Run.Job(Sized($$$"""
            nodes:
              - name: spin
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [spin]}}
              - name: sleep
                count: 2
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [sleep]}}
              - name: brief
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            """), "--until", "20ms");
        run.ExitCode.ShouldBe(4, run.Error);
        Ends(run).ShouldBe(["until", "until", "until", "guest-exited"]);
        run.Error.ShouldContain("spin, sleep0, sleep1: virtual time reached 20ms (--until)");
        run.Result["complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void WallLimitAndSignals_StopAllThatStillRun()
    {
        string job = Sized($$$"""
            nodes:
              - name: a
                count: 2
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [spin], stdout: inherit}}
              - name: b
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            """);
        Run limited = Run.Job(job, "--wall-limit", "4s");
        limited.ExitCode.ShouldBe(4, limited.Error);
        Ends(limited).ShouldBe(["stopped", "stopped", "guest-exited"]);
        limited.Output.ShouldBe("begun\nbegun\n");

        Run interrupted = Run.JobWith(
            job, new CommandSettings { ActOn = "begun", Act = id => Kill(id, 2).ShouldBe(0) });
        interrupted.ExitCode.ShouldBe(130, interrupted.Error);
        Ends(interrupted)[..2].ShouldBe(["stopped", "stopped"]);
        interrupted.Result["complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("network: {kind: star}\n")]
    public void ACrashedWorker_LosesItsNodeOnly(string network)
    {
        string job = Sized($$$"""
            nodes:
              - name: lost
                guest: {program: {path: {{{Paths.Guest("endless")}}}, args: [print], stdout: inherit}}
              - name: kept
                guest: {program: {path: {{{Paths.Guest("sieve")}}}}}
            """) + network;
        Run run = Run.JobWith(
            job, new CommandSettings { ActOn = "begun", Act = id => Kill(Worker(id), 9).ShouldBe(0) });
        run.ExitCode.ShouldBe(5, run.Error);
        Statuses(run).ShouldBe(["worker-failed", "ok"]);
        Ends(run).ShouldBe(["lost", "guest-exited"]);
        run.Result["complete"]!.GetValue<bool>().ShouldBeFalse();
        run.Error.ShouldContain("the worker of lost died by signal 9 (SIGKILL)");
        run.Files["stats.txt"].ShouldContain("\nkept.simInsts ");
    }

    [Fact]
    public void ResolvedJob_RunsTheSame()
    {
        Run run = Run.Job(Mixed, "-q", "guest.program.cwd=/");
        run.ExitCode.ShouldBe(0, run.Error);
        Run again = Run.Job(run.Files["job.resolved.json"], "-q");
        again.ExitCode.ShouldBe(0, again.Error);
        Hashes(again).ShouldBe(Hashes(run));
        again.Files["stats.csv"].ShouldBe(run.Files["stats.csv"]);
    }

    [Fact]
    public void Example_Runs()
    {
        Run run = Run.Job(File.ReadAllText(
            Path.Combine(Paths.Root, "docs", "examples", "nodes.yaml")));
        run.ExitCode.ShouldBe(0, run.Error);
        string hash = Run.Native("/usr/bin/sha256sum", ["/etc/passwd"]).Output;
        foreach (string name in new[] { "large", "small0", "small1" })
        {
            run.Files[$"procs/{name}/stdout.txt"].ShouldBe(hash);
        }
    }

    [RequiresPeerFact]
    public void EachNodeWithItsPeer_EqualsTheModelInProcess()
    {
        Run inside = Run.Job(Peers(withPeers: false));
        inside.ExitCode.ShouldBe(0, inside.Error);
        Run outside = Run.Job(Peers(withPeers: true));
        outside.ExitCode.ShouldBe(0, outside.Error);
        Hashes(outside).ShouldBe(Hashes(inside));
        outside.Files.Keys.ShouldContain("peers/m1/log.txt");
        outside.Files.Keys.ShouldContain("peers/m2/log.txt");
        outside.Statistic("b.peer.exchanges").ShouldBeGreaterThan(0);
        outside.Statistic("c.peer.exchanges").ShouldBeGreaterThan(0);
        outside.Files["stats.txt"].ShouldContain("\na.dram.reads ");
    }

    [RequiresPeerTheory]
    [InlineData("die-at=5")]
    [InlineData("twice-at=5")]
    [InlineData("hang-at=5")]
    public void APeerThatFails_EndsItsNodeOnly(string fault)
    {
        Run run = Run.Job(Peers(withPeers: true, $", --fault, {fault}"));
        run.ExitCode.ShouldBe(5, run.Error);
        Statuses(run).ShouldBe(["ok", "worker-failed", "ok"]);
        run.Error.ShouldContain("b: peer 'm1'");
        run.Error.ShouldContain("[DL0508]");
        run.Statistic("b.peer.exchanges").ShouldBeGreaterThanOrEqualTo(1);
        Run whole = Run.Job(Peers(withPeers: true));
        Hashes(run)[0].ShouldBe(Hashes(whole)[0]);
        Hashes(run)[2].ShouldBe(Hashes(whole)[2]);
    }

    /// <summary>Three nodes, of which the last two have peers with the built-in DRAM's figures.
    /// </summary>
    private static string Peers(bool withPeers, string fault = "")
    {
        const string Model = "--latency, 80ns, --bandwidth, 25.6GB/s, --channels, '1'";
        string Node(string name, string peer, string program)
        {
            string memory = withPeers && peer.Length > 0 ? $", peer: {peer}" : "";
            return $$$"""
                  - name: {{{name}}}
                    memory: {size: 256MiB{{{memory}}}}
                    guest: {program: {path: {{{Paths.Guest(program)}}}}}
                """;
        }

        string Peer(string name, string more) =>
            $"  - {{name: {name}, kind: command, program: {PeerJob.Program}, minLatency: 80ns, "
            + $"timeout: 2s, args: [{Model}{more}]}}";
        string peers = withPeers ? $"peers:\n{Peer("m1", fault)}\n{Peer("m2", "")}\n" : "";
        return "apiVersion: dilaton/v1\nnodes:\n"
            + string.Join('\n', Node("a", "", "sieve"), Node("b", "m1", "quicksort"),
                Node("c", "m2", "sieve"))
            + "\n" + peers;
    }

    private static string Sized(string nodes) =>
        $"apiVersion: dilaton/v1\n{nodes}\nevents: {{level: filtered}}\n";

    private static JsonNode Node(Run run, string name) => run.Result["nodes"]!.AsArray()
        .First(node => node!["name"]!.GetValue<string>() == name)!;

    private static string[] Names(Run run) => All(run, "name");

    private static string[] Ends(Run run) => All(run, "end");

    private static string[] Statuses(Run run) => All(run, "status");

    private static string[] Hashes(Run run) => All(run, "eventLogHash");

    private static string[] All(Run run, string key) =>
        [.. run.Result["nodes"]!.AsArray().Select(node => node![key]!.GetValue<string>())];

    private static string[] OwnFiles(Run run) =>
    [
        .. run.Files.Where(file => file.Key.StartsWith("procs/", StringComparison.Ordinal))
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => $"{file.Key}\n{file.Value}"),
    ];

    /// <summary>The worker of the first node: the children are started in the job's order.
    /// </summary>
    private static int Worker(int front)
    {
        string children = File.ReadAllText(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{front}/task/{front}/children"));
        return int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
