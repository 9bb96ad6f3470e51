using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Jobs of several nodes.</summary>
public sealed class NodesJobTests
{
    private const string Three = """
        apiVersion: dilaton/v1
        nodes:
          - name: a
            guest: {program: {path: /bin/true}}
          - name: b
            count: 2
            cores: {count: 2}
            guest: {program: {path: /bin/true}}
        """;

    [Fact]
    public void Count_StandsForNumberedNodes()
    {
        LoadedJob job = Resolved(Three);

        job.Resolved.Nodes.Select(node => node.Name).ShouldBe(["a", "b0", "b1"]);
        job.Resolved.Nodes.Select(node => node.Count).ShouldBe([1, 1, 1]);
        job.NodePaths.ShouldBe(["nodes[0]", "nodes[1]", "nodes[1]"]);
        job.Resolved.Nodes.ShouldAllBe(node =>
            node.Guest.Program.Stdin == "none"
            && node.Guest.Program.Stdout == OutputChoice.File
            && node.Guest.Files.All(grant => grant.Access == GrantAccess.Read));
    }

    [Fact]
    public void OneNode_HasTheTerminalAndItsFolder()
    {
        ProgramJob program = Resolved(CliFixture.Minimal).Resolved.Nodes[0].Guest.Program;

        program.Stdin.ShouldBe("inherit");
        program.Stdout.ShouldBe(OutputChoice.Inherit);
        program.Stderr.ShouldBe(OutputChoice.Inherit);
    }

    [Fact]
    public void NamesLeftOut_AreNumbers() =>
        Resolved("""
            apiVersion: dilaton/v1
            nodes:
              - {count: 2, guest: {program: {path: /bin/true}}}
              - {guest: {program: {path: /bin/true}}}
            """).Resolved.Nodes.Select(node => node.Name).ShouldBe(["node0", "node1", "node2"]);

    [Fact]
    public void ANameTwice_IsAMistake() =>
        CliFixture.Mistakes(Three.Replace("name: b", "name: a", StringComparison.Ordinal)
            .Replace("count: 2\n    cores", "cores", StringComparison.Ordinal))
            .ShouldContain("nodes[1].name: 'a' is the name of a node of nodes[0] already [DL0201]");

    [Fact]
    public void ANumberedNameTwice_IsAMistake()
    {
        string text = CliFixture.Mistakes(
            Three.Replace("name: a", "name: b1", StringComparison.Ordinal));

        text.ShouldContain("job.yaml:5:11: error: nodes[1].name: 'b1' is the name of a node");
        text.ShouldContain("a count above 1 puts numbers behind the name");
    }

    [Fact]
    public void TooManyNodes_AreAMistake() => CliFixture.Mistakes(
        Three, "nodes[0].count=40000", "nodes[1].count=40000")
        .ShouldContain("nodes: 80000 nodes are out of range (1 to 65534)");

    [Fact]
    public void Overrides_NameANodeOrMeanAll()
    {
        Job job = CliFixture.Good(
            Three,
            "cores.frequency=3GHz",
            "memory.caches={l3: none, coherence: 40cycles}",
            "nodes[1].cores.count=4",
            "nodes[1].memory.caches.l2=none");

        job.Nodes.Select(node => node.Cores.Frequency.ToString()).ShouldBe(["3GHz", "3GHz"]);
        job.Nodes.Select(node => node.Cores.Count).ShouldBe([1, 4]);
        job.Nodes.Select(node => node.Memory.Caches.L3).ShouldBe([null, null]);
        job.Nodes[0].Memory.Caches.L2.ShouldNotBeNull();
        job.Nodes[1].Memory.Caches.L2.ShouldBeNull();
    }

    [Fact]
    public void AMistakeInALaterNode_IsNamedWithItsPath()
    {
        CliFixture.Mistakes(Three, "nodes[1].cores.count=0")
            .ShouldContain("nodes[1].cores.count: 0 is out of range");
        DiagnosticBag bag = new();
        _ = Resolved(Three, bag, "nodes[1].guest.program.path=/none/such");
        bag.Print().ShouldContain("nodes[1].guest.program.path: there is no '/none/such'");
    }

    [Fact]
    public void AnInheritedInput_HasOneReader()
    {
        CliFixture.Good(Three, "nodes[0].guest.program.stdin=inherit");
        CliFixture.Mistakes(Three, "nodes[1].guest.program.stdin=inherit").ShouldContain(
            "nodes[1].guest.program.stdin: standard input can be inherited by one node only");
    }

    [Theory]
    [InlineData("nodes[0].memory.peer=mem", "nodes[1].memory.peer=mem",
        "nodes[1].memory.peer: 'mem' would time the memory of nodes[0] too")]
    [InlineData("nodes[0].memory.size=1GiB", "nodes[1].memory.peer=mem",
        "nodes[1].memory.peer: 'mem' would time the memory of all 2 nodes")]
    public void APeerOfSeveralNodes_IsAMistake(string first, string second, string message)
    {
        string text = CliFixture.Mistakes(
            Three + "\npeers: [{name: mem, kind: command, program: /bin/true}]\n", first, second);

        text.ShouldContain(message);
        text.ShouldContain("give each node a peer of its own");
        text.ShouldContain("[DL0201]");
    }

    [Fact]
    public void Seeds_DifferAndTheFirstIsTheJobs()
    {
        NodeSeed.Of(7, 0).ShouldBe(7UL);
        ulong[] seeds =
        [
            .. Enumerable.Range(0, 1000).Select(node => NodeSeed.Of(7, node)),
            .. Enumerable.Range(0, 1000).Select(node => NodeSeed.Of(8, node)),
        ];
        seeds.Distinct().Count().ShouldBe(seeds.Length);

        // SplitMix64 goes on by this step: no stream may be another one's, begun later.
        HashSet<ulong> steps = [.. Enumerable.Range(-1000, 2001)
            .Select(i => unchecked((ulong)i * 0x9E37_79B9_7F4A_7C15))];
        seeds.Zip(seeds.Skip(1), (a, b) => unchecked(a - b))
            .ShouldAllBe(step => !steps.Contains(step));
    }

    [Fact]
    public void APlace_SurvivesItsTripThroughThePipe()
    {
        ClusterPlace cluster = new("ipc:///x/0", ["a", "b"]);
        WorkerPlace place = new(
        [
            new NodePlace(3, 16, "nodes[1]", "/a \"b\"/c", cluster),
            new NodePlace(4, 16, "nodes[1]", "/d", cluster),
        ]);
        byte[] line = WorkerPlaceJson.Write(place);

        line.Count(b => b == '\n').ShouldBe(1);
        WorkerPlace read = WorkerPlaceJson.Read(System.Text.Encoding.UTF8.GetString(line));
        read.IsShared.ShouldBeTrue();
        read.Nodes.Select(node => node with { Cluster = null, Foretold = [] })
            .ShouldBe(place.Nodes.Select(node => node with { Cluster = null, Foretold = [] }));
        read.Nodes.SelectMany(node => node.Foretold)
            .ShouldBe(place.Nodes.SelectMany(node => node.Foretold));
        read.Nodes[1].Cluster!.Endpoint.ShouldBe(cluster.Endpoint);
        read.Nodes[1].Cluster!.Names.ShouldBe(cluster.Names);
    }

    [Fact]
    public void MoreMemoryThanTheHostHas_IsToldOrRefused()
    {
        Job job = Resolved(Three).Resolved;
        IReadOnlyList<IReadOnlyList<int>> layout = WorkerLayout.Of(job, 2);
        DiagnosticBag bag = new();
        HostRoom.Check(job, layout, 64UL << 30, bag).ShouldBeTrue();
        bag.Items.ShouldBeEmpty();
        HostRoom.Check(job, layout, 8UL << 30, bag).ShouldBeTrue();
        bag.Print().ShouldContain(
            "warning: the nodes may use 12 GiB of memory in all, and the host has 8192 MiB [DL0602]");
        DiagnosticBag small = new();
        HostRoom.Check(job, layout, 64UL << 20, small).ShouldBeFalse();
        small.Print().ShouldContain("error: 3 nodes in 3 worker processes need 72 MiB before a guest does anything");
    }

    [Theory]
    [InlineData(20, 1, 100, "20 nodes in 20 worker processes need about 141 open files in one process, and the limit is 100")]
    [InlineData(1, 20, 100, "20 nodes in 1 worker process need about 205 open files in one process, and the limit is 100")]
    [InlineData(20, 1, 141, null)]
    [InlineData(1, 20, 205, null)]
    public void MoreFilesThanAProcessMayOpen_AreRefused(
        int workers, int each, long limit, string? message)
    {
        int[][] layout =
            [.. Enumerable.Range(0, workers).Select(w => Enumerable.Range(w * each, each).ToArray())];
        DiagnosticBag bag = new();
        HostDescriptors.Check(layout, limit, bag).ShouldBe(message is null);
        bag.Print().ShouldContain(message ?? "");
    }

    [Fact]
    public void MoreMemoryOfOneNodeThanTheHostHas_IsTold_IfItWasAskedFor()
    {
        DiagnosticBag bag = new();
        HostRoom.Check(Resolved(CliFixture.Minimal).Resolved, [[0]], 2UL << 30, bag)
            .ShouldBeTrue();
        bag.Items.ShouldBeEmpty();
        string large = CliFixture.Minimal + "\n    memory: {size: 64GiB}\n";
        HostRoom.Check(Resolved(large).Resolved, [[0]], 2UL << 30, bag).ShouldBeTrue();
        bag.Print().ShouldContain(
            "warning: the node may use 64 GiB of memory, and the host has 2048 MiB [DL0602]");
    }

    [Fact]
    public void FoldersThatSeveralMayWrite_AreWarnedOf()
    {
        Job job = Resolved(
            Three,
            new DiagnosticBag(),
            "nodes[0].guest.files=[{path: /usr}, {path: /tmp, access: write}]",
            "nodes[0].guest.program.cwd=/",
            "nodes[1].guest.program.cwd=/",
            "nodes[1].guest.files=[{path: /}, {path: /var, access: write}]").Resolved;

        SharedFolders.Warnings(job).ShouldHaveSingleItem()
            .ShouldStartWith("b0, b1 may all write /var/");
    }

    [Fact]
    public void Notes_AreSaidOnceForAllOfWhomTheyHold()
    {
        RunRecord run = RunRecord.Of(Resolved(Three).Resolved, [1, 2, 3]);

        NodeNotes.Merge(run, node => node.Node.Name == "a" ? ["x", "y"] : ["y", "z"])
            .ShouldBe(["a: x", "y", "b0, b1: z"]);
    }

    private static LoadedJob Resolved(string text) => Resolved(text, new DiagnosticBag());

    private static LoadedJob Resolved(
        string text, DiagnosticBag bag, params string[] overrides)
    {
        SourceText source = new("job.yaml", text);
        JobMap root = (JobMap)YamlReader.Read(source, bag)!;
        CommandLineText arguments = new();
        foreach (string argument in overrides)
        {
            arguments.AddOverride(argument);
        }

        arguments.Apply(root, bag);
        Job job = new JobBinder(bag).Bind(root);
        Job resolved = new JobResolver(root, bag)
            .Resolve(job, "/usr", out IReadOnlyList<string> paths);
        return new LoadedJob(resolved, paths, text, "");
    }
}
