using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Which nodes share a worker, and which worker it is.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly string _fixed = Path.GetTempFileName();

    public IsolationTests() =>
        File.WriteAllBytes(_fixed, [0x7F, (byte)'E', (byte)'L', (byte)'F', .. new byte[12], 2, 0]);

    public void Dispose() => File.Delete(_fixed);

    [Theory]
    [InlineData(16, Isolation.Process)]
    [InlineData(17, Isolation.Shared)]
    internal void Auto_SharesAboveSixteenNodes(int count, Isolation expected) =>
        Resolved(Nodes(count)).Nodes.ShouldAllBe(node => node.Isolation == expected);

    [Fact]
    public void Auto_DoesNotShareWhereAProgramHasFixedAddresses()
    {
        Job job = Resolved(Nodes(20) + $"  - {{name: f, guest: {{program: {{path: {_fixed}}}}}}}\n");

        job.Nodes.ShouldAllBe(node => node.Isolation == Isolation.Process);
    }

    [Fact]
    public void UnderKvm_NodesDoNotShare()
    {
        Resolved(One("k", "/bin/true", "count: 20, engine: kvm"))
            .Nodes.ShouldAllBe(node => node.Isolation == Isolation.Process);
        Refused(One("k", "/bin/true", "engine: kvm, isolation: shared"))
            .ShouldContain("nodes[0].isolation: node 'k' can't share a worker: engine: kvm");
    }

    [Fact]
    public void Auto_LeavesNodesThatSayOtherwise()
    {
        Job job = Resolved(Nodes(20) + One("apart", "/bin/true", "isolation: process"));

        job.Nodes.Count(node => node.Isolation == Isolation.Shared).ShouldBe(20);
        job.Nodes[^1].Isolation.ShouldBe(Isolation.Process);
    }

    [Fact]
    public void Shared_OfAProgramAtFixedAddresses_IsRefusedByName()
    {
        string text = Refused(Nodes(2) + One("f", _fixed, "isolation: shared"));

        text.ShouldContain("nodes[1].isolation: node 'f' can't share a worker");
        text.ShouldContain($"{_fixed} is not position-independent");
        text.ShouldContain("[DL0201]");
    }

    [Fact]
    public void Shared_WithAMemoryPeer_IsRefused() =>
        Refused(One("m", "/bin/true", "isolation: shared, memory: {peer: p, cut: l1}")
            + "peers: [{name: p, kind: command, program: /bin/true}]\n")
            .ShouldContain("nodes[0].memory has a peer, which serves one worker");

    [Fact]
    public void Workers_AreBlocksOfNeighbours()
    {
        Job job = Resolved(
            One("first", "/bin/true", "isolation: process")
            + "  - {name: n, count: 7, isolation: shared, guest: {program: {path: /bin/true}}}\n");

        Text(WorkerLayout.Of(job, 3)).ShouldBe("0 | 1,2 | 3,4 | 5,6,7");
        Text(WorkerLayout.Of(With(job, 1), 3)).ShouldBe("0 | 1,2,3,4,5,6,7");
        Text(WorkerLayout.Of(With(job, 100), 3)).ShouldBe("0 | 1 | 2 | 3 | 4 | 5 | 6 | 7");
    }

    [Fact]
    public void AWorker_HasNoTwoNodesOfOneWindow()
    {
        Job job = Resolved(Nodes(3000));

        IReadOnlyList<IReadOnlyList<int>> layout = WorkerLayout.Of(job, 2);
        layout.Count.ShouldBe(3);
        layout.ShouldAllBe(nodes => nodes.Select(AddressWindow.OfNode).Distinct().Count()
            == nodes.Count);
        Should.Throw<ConfigException>(() => WorkerLayout.Of(With(job, 2), 2)).Message
            .ShouldContain("sync.workers: 2 can't hold 3000 nodes");
    }

    private static Job With(Job job, int workers) =>
        job with { Sync = job.Sync with { Workers = workers } };

    private static string Text(IReadOnlyList<IReadOnlyList<int>> layout) =>
        string.Join(" | ", layout.Select(nodes => string.Join(',', nodes)));

    private static string Nodes(int count) =>
        $"  - {{name: n, count: {count}, guest: {{program: {{path: /bin/true}}}}}}\n";

    private static string One(string name, string program, string rest) =>
        $"  - {{name: {name}, guest: {{program: {{path: {program}}}}}, {rest}}}\n";

    private static Job Resolved(string nodes)
    {
        DiagnosticBag bag = new();
        Job job = Resolve(nodes, bag);
        bag.HasErrors.ShouldBeFalse(bag.Print());
        return job;
    }

    private static string Refused(string nodes)
    {
        DiagnosticBag bag = new();
        _ = Resolve(nodes, bag);
        return bag.Print();
    }

    private static Job Resolve(string nodes, DiagnosticBag bag)
    {
        SourceText source = new("job.yaml", "apiVersion: dilaton/v1\nnodes:\n" + nodes);
        JobMap root = (JobMap)YamlReader.Read(source, bag)!;
        return new JobResolver(root, bag).Resolve(new JobBinder(bag).Bind(root), "/", out _);
    }
}
