using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A session as a node of a cluster.</summary>
public sealed class SessionNode : IClusterNode
{
    private readonly NodeSession _session;
    private readonly NodePort[] _ports;

    public SessionNode(int id, NodeSession session, params NodePort[] ports)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(ports);
        Id = id;
        _session = session;
        _ports = ports;
        Ports = [.. ports.Select(p => p.Port)];
    }

    public int Id { get; }

    public IReadOnlyList<int> Ports { get; }

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ArgumentNullException.ThrowIfNull(report);
        foreach (FrameArrival arrival in arrivals)
        {
            PortOf(arrival).Schedule(arrival);
        }

        NodeResult? result = _session.RunUntil(until);
        report.Now = _session.Now;
        report.HasEnded = result is not null;
        report.NextAct = result is null ? _session.NextAct : VirtualTime.MaxValue;
        report.Departures.Clear();
        foreach (NodePort port in _ports)
        {
            port.TakeDepartures(report.Departures);
        }
    }

    private NodePort PortOf(in FrameArrival arrival)
    {
        foreach (NodePort port in _ports)
        {
            if (port.Port == arrival.Port)
            {
                return port;
            }
        }

        throw new InvariantException($"node {Id} is not at port {arrival.Port}");
    }
}
