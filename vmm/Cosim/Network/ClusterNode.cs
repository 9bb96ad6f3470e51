namespace Dilaton.Cosim;

/// <summary>A node that a worker runs.</summary>
/// <param name="Id">Its number in the cluster; unique.</param>
/// <param name="Ports">The network's ports that it is at; none of them is another node's.</param>
public sealed record ClusterNode(int Id, IReadOnlyList<int> Ports);
