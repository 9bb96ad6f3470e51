using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>Scripted nodes, a scripted network and the coordinator, put together.</summary>
public sealed class ClusterRun
{
    public ClusterRun(
        int nodes,
        ulong seed,
        ClusterOptions? options = null,
        ulong ahead = 0,
        bool isVague = false,
        Func<IReadOnlyList<IClusterNode>, IReadOnlyList<IClusterWorker>>? layout = null,
        int acts = 120)
    {
        Nodes = [.. Scripts(nodes, seed, acts).Select((s, i) => new ScriptedNode(i, s))];
        Network = new ScriptedNetwork(nodes, seed, ahead, isVague);
        Coordinator = new ClusterCoordinator(
            Network, layout?.Invoke(Nodes) ?? [new LocalClusterWorker(Nodes)], options ?? Strict);
    }

    public static ClusterOptions Strict { get; } = new()
    {
        Sync = ClusterSync.Strict,
        Slack = VirtualDuration.Zero,
        LatePerMille = ClusterOptions.DefaultLatePerMille,
    };

    public ScriptedNode[] Nodes { get; }

    public ScriptedNetwork Network { get; }

    public ClusterCoordinator Coordinator { get; }

    public static NodeScript[] Scripts(int nodes, ulong seed, int acts = 120) =>
        [.. Enumerable.Range(0, nodes).Select(i => new NodeScript(i, nodes, seed, acts))];

    public static string Print(IEnumerable<NodeScript> scripts) =>
        string.Join("\n--\n", scripts.Select(s => string.Join('\n', s.Trace)));

    public string Run()
    {
        Coordinator.Run();
        return Print(Nodes.Select(n => n.Script));
    }
}
