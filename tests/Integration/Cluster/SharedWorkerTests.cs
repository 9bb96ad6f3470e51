using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Several nodes in one worker give what they give apart, and harm nobody beyond it.</summary>
public sealed partial class SharedWorkerTests
{
    private const string Start = "apiVersion: dilaton/v1\nnodes:\n";
    private const string Network =
        "network: {kind: ring, link: {bandwidth: 1Gbps, latency: 50us}, switch: {latency: 1us}}";

    public static TheoryData<string> Kinds => ["dynamic", "static-pie"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Layout_ChangesNoByte(string kind)
    {
        string job = Pointers(kind, 4) + AllReduce(kind, 4) + Network;
        Run apart = Launch(job, "isolation=process", "sync.transport=ipc");
        apart.ExitCode.ShouldBe(0, apart.Error);
        string[] shown = [.. Enumerable.Range(0, 4).Select(i => Output(apart, $"p{i}"))];
        shown.Distinct().Count().ShouldBe(4, "each node has addresses of its own");
        shown[1].ShouldContain("0x10");
        foreach (int workers in new[] { 1, 2, 4 })
        {
            Run shared = Launch(job, "isolation=shared", $"sync.workers={workers}");
            shared.ExitCode.ShouldBe(0, shared.Error);
            Workers(shared).ShouldBe(workers);
            shared.Deterministic.ShouldBe(apart.Deterministic);
            OwnFiles(shared).ShouldBe(OwnFiles(apart));
        }
    }

    [Fact]
    public void WithoutANetwork_LayoutChangesNoByte()
    {
        string job = Pointers("dynamic", 5);
        Run apart = Launch(job, "isolation=process");
        Run shared = Launch(job, "isolation=shared", "sync.workers=2");
        shared.ExitCode.ShouldBe(0, shared.Error);
        Workers(shared).ShouldBe(2);
        shared.Deterministic.ShouldBe(apart.Deterministic);
        OwnFiles(shared).ShouldBe(OwnFiles(apart));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("full")]
    [InlineData("filtered")]
    public void AnyWindow_GivesWhatTheFirstGives(string level)
    {
        // Two vCPUs each; no program prints an address.
        string[] programs = ["quicksort", "tree", "openmp", "signals", "isa"];
        foreach (string program in programs)
        {
            Run run = Launch(
                Nodes("n", 3, program, "dynamic", ""), $"events.level={level}", "cores.count=2");
            run.ExitCode.ShouldBe(0, run.Error);
            foreach (string key in new[] { "virtualTimePs", "instructions" })
            {
                run.Result["nodes"]!.AsArray().Select(node => node![key]!.ToJsonString()).Distinct()
                    .Count().ShouldBe(1, $"{program}: {key}");
            }
        }
    }

    [Fact]
    public void ARingOfManyNodes_SharesByItself_AndTakesAsLong()
    {
        const int Count = 64;
        string job = AllReduce("dynamic", Count) + Network;
        Run shared = Launch(job);
        shared.ExitCode.ShouldBe(0, shared.Error);
        Workers(shared).ShouldBeLessThan(Count);
        Run apart = Launch(job, "isolation=process");
        shared.Deterministic.ShouldBe(apart.Deterministic);
        OwnFiles(shared).ShouldBe(OwnFiles(apart));
        Output(shared, "n63").ShouldEndWith("right\n");
    }

    [Fact]
    public void AWildStore_TaintsItsWorkersNodesOnly()
    {
        Run run = Launch(
            Nodes("a", 2, "sieve", "dynamic", "") + Node("bad", "die", "wild")
            + Nodes("b", 3, "sieve", "dynamic", ""),
            "isolation=shared", "sync.workers=2");
        run.ExitCode.ShouldBe(5, run.Error);
        Each(run, "tainted").ShouldBe(["true", "true", "true", "false", "false", "false"]);
        Each(run, "status").ShouldBe(
            [.. Enumerable.Repeat("\"worker-failed\"", 3), "\"ok\"", "\"ok\"", "\"ok\""]);
        Each(run, "reason")[0].ShouldContain("bad stored to 0x4fff00000000");
        run.Result["nodes"]![2]!["guest"]!["signal"]!.GetValue<int>().ShouldBe(11);
        run.Error.ShouldContain("[DL0509]");
        Output(run, "b2").ShouldBe(Run.Native(Paths.Guest("sieve"), []).Output);
    }

    [Theory]
    [InlineData("null", "isolation=shared")]
    [InlineData("stack", "isolation=shared")]
    [InlineData("wild", "isolation=process")]
    public void AFaultOfItsOwn_TaintsNobody(string way, string isolation)
    {
        Run run = Launch(
            Nodes("a", 2, "sieve", "dynamic", "") + Node("bad", "die", way), isolation,
            "sync.workers=1");
        run.ExitCode.ShouldBe(1, run.Error);
        Each(run, "tainted").ShouldBe(["false", "false", "false"]);
        Each(run, "status").ShouldBe(["\"ok\"", "\"ok\"", "\"guest-failed\""]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Network)]
    public void AGuestThatDoesWhatIsNotSupported_EndsItsNodeOnly(string network)
    {
        string job = Node("bad", "die", "trace") + Nodes("a", 2, "sieve", "dynamic", "") + network;
        Run apart = Launch(job, "isolation=process");
        Run shared = Launch(job, "isolation=shared", "sync.workers=1");
        Each(shared, "status").ShouldBe(["\"guest-failed\"", "\"ok\"", "\"ok\""], shared.Error);
        Each(shared, "reason").ShouldBe(Each(apart, "reason"));
        OwnFiles(shared).ShouldBe(OwnFiles(apart));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Network)]
    public void AWorkerThatDies_TakesItsNodesOnly(string network)
    {
        // The first of the three blocks of two spins and is killed.
        string job = Nodes("lost", 2, "endless", "dynamic", "print")
            .Replace("args:", "stdout: inherit, args:", StringComparison.Ordinal)
            + Nodes("kept", 4, "sieve", "dynamic", "") + network;
        Run run = Run.JobWith(
            Start + job,
            new CommandSettings { ActOn = "begun", Act = id => Kill(FirstWorker(id), 9).ShouldBe(0) },
            "isolation=shared",
            "sync.workers=3");
        run.ExitCode.ShouldBe(5, run.Error);
        Each(run, "end")[..2].ShouldBe(["\"lost\"", "\"lost\""]);
        Each(run, "status")[2..].ShouldAllBe(status => status == "\"ok\"");
        run.Error.ShouldContain("died by signal 9 (SIGKILL)");
        Output(run, "kept3").ShouldBe(Run.Native(Paths.Guest("sieve"), []).Output);
    }

    [Fact]
    public void AProgramAtFixedAddresses_IsRefusedByName()
    {
        Run run = Launch(Nodes("n", 2, "hello", "static", ""), "isolation=shared");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("node 'n0' can't share a worker");
        run.Error.ShouldContain("static/hello is not position-independent");
        Run apart = Launch(Nodes("n", 17, "hello", "static", ""));
        apart.ExitCode.ShouldBe(0, apart.Error);
        Workers(apart).ShouldBe(17);
    }

    [Fact]
    public void AStop_EndsAllNodesOfAWorker()
    {
        Run run = Launch(
            Nodes("n", 3, "endless", "dynamic", "sleep") + Network, "isolation=shared",
            "sync.workers=1", "--until", "20ms");
        run.ExitCode.ShouldBe(4, run.Error);
        Each(run, "end").ShouldBe(["\"until\"", "\"until\"", "\"until\""]);
        Run limited = Launch(
            Nodes("n", 3, "endless", "dynamic", "spin"), "isolation=shared", "sync.workers=1",
            "--wall-limit", "3s");
        limited.ExitCode.ShouldBe(4, limited.Error);
        Each(limited, "end").ShouldBe(["\"stopped\"", "\"stopped\"", "\"stopped\""]);
    }

    private static string Pointers(string kind, int count) => Nodes("p", count, "pointers", kind, "");

    private static string AllReduce(string kind, int count)
    {
        string names = string.Join("', '", Enumerable.Range(0, count).Select(i => $"n{i}"));
        return Nodes("n", count, "allreduce", kind, $"64', '1', '{names}");
    }

    private static string Node(string name, string program, string argument) =>
        Nodes(name, 1, program, "dynamic", argument);

    private static Run Launch(string nodes, params string[] options) =>
        Run.Job(Start + nodes, options);

    private static string Nodes(
        string name, int count, string program, string kind, string arguments) => $$$"""
          - name: {{{name}}}
            count: {{{count}}}
            memory: {size: 64MiB, preset: small}
            guest: {program: {path: {{{Paths.Guest(program, kind)}}}, args: [{{{Quoted(arguments)}}}]}}

        """;

    private static string Quoted(string arguments) => arguments.Length == 0 ? "" : $"'{arguments}'";

    private static string Output(Run run, string node) => run.Files[$"procs/{node}/stdout.txt"];

    private static string OwnFiles(Run run) => string.Join('\n', run.Files.Keys
        .Where(file => file.StartsWith("procs/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(file => $"{file}\n{run.Files[file]}"));

    private static string[] Each(Run run, string key) =>
        [.. run.Result["nodes"]!.AsArray().Select(node => node![key]!.ToJsonString())];

    private static int Workers(Run run) => JsonNode.Parse(run.Files["host.json"])!.AsObject()
        .Where(figure => figure.Key.EndsWith(".workerProcessId", StringComparison.Ordinal))
        .Select(figure => figure.Value!.ToJsonString()).Distinct().Count();

    private static int FirstWorker(int front) => int.Parse(
        File.ReadAllText($"/proc/{front}/task/{front}/children").Split(' ')[0],
        CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
