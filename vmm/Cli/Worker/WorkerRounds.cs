using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>A worker's line to its network's coordinator.</summary>
/// <param name="name">Of the worker.</param>
/// <param name="keys">Of a job on several hosts.</param>
internal sealed class WorkerRounds(string name, ClusterPlace cluster, CurveKeys? keys, bool mayUseRing)
{
    /// <summary>Runs the nodes as far as the coordinator grants, until it says that the run is over.</summary>
    /// <exception cref="PeerFaultException">It left, or refused.</exception>
    public void Run(IReadOnlyList<IClusterNode> nodes)
    {
        using ZeroMqContext context = new();
        bool isSecured = keys is not null && EndpointAddress.IsTcp(cluster.Endpoint);
        using WorkerConnection line = WorkerConnection.Dial(
            context, cluster.Endpoint, name, isSecured ? keys : null);
        using ClusterWorkerServer server = new(
            name, line, new LocalClusterWorker(nodes), mayUseRing, isElsewhere: isSecured);
        server.Run();
    }
}
