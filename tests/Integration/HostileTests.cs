using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Guests that mean harm, each a node of a job that has an honest one too: the front tells what became
/// of each, the honest node's results are there, and nothing is left.</summary>
public sealed class HostileTests
{
    /// <summary>What the guest's own kernel answers, and so what it says itself.</summary>
    private static readonly (string Name, string[] Arguments, string Output)[] s_answered =
    [
        ("stores", ["stores"], "stores: 29 faults, loads: 21\n"),
        ("jumps", ["jumps"], "jumps: 43 faults\n"),
        ("middles", ["middles"], "middles: 100 ended\n"),
        ("files", ["files"], "files: 1, errno 24, pipe -1, socketpair -1\n"),
        ("memory", ["memory"], "memory: 64 MiB or more, brk 1, fork 1\n"),
        ("storm", ["storm"], "storm: 1\n"),
        ("deep", ["deep"], "SIGSEGV (no room on its stack for the handler of SIGUSR1)"),
        ("faults", ["faults"], "SIGSEGV (no room on its stack for the handler of SIGSEGV)"),
        ("stack", ["stack"], "SIGSEGV (write of"),
        ("iovecs", ["iovecs"], "iovecs: 0 wrong, -1 -1\n"),
        ("calls", ["calls", "1"], "calls: 20 ended\n"),
        ("others", ["calls", "2"], "calls: 20 ended\n"),
        ("execs", ["execs"], "execs: 20 ended\n"),
        ("strangers", ["strangers"], "strangers: 0 reached, 1 own, 0 seen, 1\n"),
    ];

    /// <summary>Stores all over what its worker has: the engine's memory with its code cache, the runtime, the
    /// heap, the stacks, rings to the front. The host's addresses are fixed for it.</summary>
    private static readonly (string Name, string[] Arguments)[] s_wrecks =
    [
        ("engine", ["range", "0x60000000", "0x78000000", "0x1000"]),
        ("cache", ["range", "0x60000000", "0x70000000", "0x40"]),
        ("map", ["range", "0x70000000", "0x500000000", "0x100000"]),
        ("image", ["range", "0x555555554000", "0x55555aaaa000", "0x100"]),
        ("libraries", ["range", "0x7ffff6000000", "0x7ffffffff000", "0x1000"]),
        ("heap", ["range", "0x7ffe00000000", "0x7ffff0000000", "0x10000"]),
    ];

    [Fact]
    public void WhatAKernelAnswers_IsAnsweredAndNothingIsLeft()
    {
        using TempFolder folder = new();
        string granted = Directory.CreateDirectory(folder.File("granted")).FullName;
        string outside = folder.Write("outside", "as it was");
        string grants = $"[{{path: /}}, {{path: {granted}, access: write}}]";
        Run run = Launch(folder, [.. s_answered.Select(each => Node(each.Name, each.Arguments, grants))]);
        run.ExitCode.ShouldBe(1, run.Error);
        for (int i = 0; i < s_answered.Length; i++)
        {
            (string name, string[] arguments, string output) = s_answered[i];
            string said = run.Files[$"procs/{name}/stdout.txt"];
            bool dies = output.StartsWith("SIG", StringComparison.Ordinal);
            said.ShouldStartWith($"begun {arguments[0]}\n");
            (dies ? Result(run, i)["guest"]!["message"]!.GetValue<string>() : said).ShouldContain(output);
            Result(run, i)["guest"]!["signal"]!.GetValue<int>().ShouldBe(dies ? 11 : 0);
        }

        HonestNodeIsWhole(run, s_answered.Length);
        File.ReadAllText(outside).ShouldBe("as it was");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GuestThatWrecksItsWorker_TakesNobodyWithIt(bool isNetwork)
    {
        // The ends of a network stand for one another: with one of its nodes gone the others' runs go on.
        using TempFolder folder = new();
        Run run = Launch(
            folder,
            [.. s_wrecks.Select(each => Node(each.Name, each.Arguments, "[]")), isNetwork ? Network : ""]);
        run.ExitCode.ShouldBeOneOf(1, 5, 70);
        for (int i = 0; i < s_wrecks.Length; i++)
        {
            run.Files[$"procs/{s_wrecks[i].Name}/stdout.txt"].ShouldStartWith("begun range\n");
            Result(run, i)["end"]!.GetValue<string>().ShouldBeOneOf("lost", "refused", "guest-exited");
        }

        HonestNodeIsWhole(run, s_wrecks.Length);
    }

    [Fact]
    public void ForkBomb_EndsWithItsNode()
    {
        using TempFolder folder = new();
        Run run = Launch(folder, [Node("bomb", ["forks"], "[]")], "--until", "3s");
        run.Files["procs/bomb/stdout.txt"].ShouldStartWith("begun forks\n");
        Result(run, 0)["end"]!.GetValue<string>().ShouldBe("deadlock", run.Error);
        HonestNodeIsWhole(run, 1);
    }

    private const string Network = "network: {}\n";

    private static Run Launch(TempFolder folder, string[] parts, params string[] options)
    {
        string temporary = Directory.CreateDirectory(folder.File("tmp")).FullName;
        string honest = Node("honest", [], "[]").Replace("static/hostile", "dynamic/hello", StringComparison.Ordinal);
        string job = "apiVersion: dilaton/v1\nname: hostile\nsync: {timeout: 8s}\n"
            + string.Concat(parts.Where(part => !part.StartsWith(' ')))
            + "nodes:\n" + string.Concat(parts.Where(part => part.StartsWith(' '))) + honest;
        string results = folder.File("results");
        Run run = Run.At(
            results,
            Command.Run(
                "setarch",
                ["-R", Paths.Dilaton, "launch", folder.Write("job.yaml", job), "-o", results, .. options],
                new() { Folder = folder.Path, Variables = [$"TMPDIR={temporary}"] }));
        Directory.EnumerateFileSystemEntries(temporary).ShouldBeEmpty(run.Error);
        int[] workers =
        [
            .. JsonNode.Parse(run.Files["host.json"])!.AsObject()
                .Where(each => each.Key.EndsWith("workerProcessId", StringComparison.Ordinal))
                .Select(each => each.Value!.GetValue<int>()),
        ];
        workers.Length.ShouldBeGreaterThan(1);
        workers.Where(Descendants.IsAlive).ShouldBeEmpty(run.Error);

        return run;
    }

    private static string Node(string name, string[] arguments, string grants) =>
        $"  - name: {name}\n    isolation: process\n    guest: {{program: {{path: {Paths.Guest("hostile")}, "
        + $"args: [{string.Join(", ", arguments.Select(each => $"'{each}'"))}], stdout: file, stderr: file}}"
        + (grants == "[]" ? "}\n" : $", files: {grants}}}\n");

    private static JsonNode Result(Run run, int node) => run.Result["nodes"]![node]!;

    private static void HonestNodeIsWhole(Run run, int index)
    {
        Result(run, index)["end"]!.GetValue<string>().ShouldBe("guest-exited", run.Error);
        Result(run, index)["guest"]!["exitCode"]!.GetValue<int>().ShouldBe(0);
        run.Files["procs/honest/stdout.txt"].ShouldBe(Run.Native(Paths.Guest("hello", "dynamic"), []).Output);
        run.Result["complete"].ShouldNotBeNull();
    }
}
