using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Keeps the nodes of a job together in virtual time. docs/time.md, section 9.
/// <code>
///   M   = earliest act of any node                  ┌─> nodes with something to do before G
///   the network goes on to M, or to an arrival      │   run to G, all at the same time
///   G   = min(M + lookahead, earliest arrival) ─────┘   │
///                                                       ▼
///   departures go into the network, by (time, port), as no earlier one can come any more
/// </code>
/// What is granted follows from the simulated state alone: not from host time, from where nodes
/// run, nor from what carries the messages.</summary>
public sealed class ClusterCoordinator
{
    private readonly INetworkModel _network;
    private readonly IReadOnlyList<IClusterWorker> _workers;
    private readonly List<NodeGrant>[] _grants;
    private readonly NodeState[] _nodes;
    private readonly Dictionary<int, int> _indices = [];
    private readonly int[] _owners;
    private readonly NodeHeap _heap;
    private readonly SlackController _slack;
    private readonly PriorityQueue<FrameDeparture, (ulong Time, int Port, ulong Order)> _held =
        new();

    private readonly List<FrameArrival> _arrivals = [];
    private VirtualTime _reached;
    private VirtualTime _floor;
    private VirtualDuration _excessMax;
    private ulong _round;
    private ulong _order;
    private int _ended;
    private readonly StandGate _gate = new();
    private volatile bool _stopRequested;
    private volatile Action? _stands;

    /// <exception cref="ConfigException">The parts do not fit each other.</exception>
    public ClusterCoordinator(
        INetworkModel network, IReadOnlyList<IClusterWorker> workers, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (network.Lookahead == VirtualDuration.Zero)
        {
            throw new ConfigException(
                "network",
                "its latency must be above zero: no node could run before all others had");
        }

        _network = network;
        _workers = workers;
        _grants = [.. workers.Select(_ => new List<NodeGrant>())];
        _nodes = [.. workers
            .SelectMany((w, i) => w.Nodes.Select(n => new NodeState(n, i)))
            .OrderBy(n => n.Id)];
        _owners = new int[network.PortCount];
        _heap = new NodeHeap(_nodes.Length);
        _slack = new SlackController(options, network.Lookahead);
        Array.Fill(_owners, -1);
        for (int i = 0; i < _nodes.Length; i++)
        {
            Invariant.Require(_indices.TryAdd(_nodes[i].Id, i), "two nodes have one number");
        }

        foreach (ClusterNode node in workers.SelectMany(w => w.Nodes))
        {
            TakePorts(node);
        }
    }

    public ClusterStatistics Statistics { get; } = new();

    /// <summary>Ends the run before the next round; nodes are left where they are. Any thread.
    /// </summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _gate.Open();
    }

    /// <summary>Lets all nodes stand before the next round, until <see cref="Release"/> or
    /// <see cref="RequestStop"/>. Any thread.</summary>
    /// <param name="stands">Is called once they do, on the coordinator's thread.</param>
    public void RequestStand(Action stands)
    {
        _gate.Close();
        _stands = stands;
    }

    /// <summary>Any thread.</summary>
    public void Release()
    {
        _stands = null;
        _gate.Open();
    }

    public ClusterResult Run()
    {
        while (_ended < _nodes.Length)
        {
            if (_stands is { } stands && !_stopRequested)
            {
                _stands = null;
                stands();
                _gate.WaitWhileClosed();
            }

            if (_stopRequested)
            {
                return Result(ClusterEnd.Stopped, []);
            }

            VirtualTime next = AdvanceNetwork(_heap.FirstTime);
            if (next == VirtualTime.MaxValue)
            {
                return EndWaiting();
            }

            _slack.NextRound();
            Grant(next);
            RunRound();
        }

        return Result(ClusterEnd.AllEnded, []);
    }

    private static VirtualTime After(VirtualTime time, VirtualDuration duration) =>
        VirtualTime.MaxValue - time <= duration
            ? new VirtualTime(ulong.MaxValue - 1)
            : time + duration;

    private void TakePorts(ClusterNode node)
    {
        foreach (int port in node.Ports)
        {
            if (port < 0 || port >= _owners.Length)
            {
                throw new ConfigException(
                    "network", $"it has {_owners.Length} ports; node {node.Id} is at port {port}");
            }

            Invariant.Require(_owners[port] < 0, "a port has one node");
            _owners[port] = _indices[node.Id];
        }
    }

    /// <summary>Lets the network go on until it limits nobody: up to the earliest act of any node.
    /// </summary>
    /// <returns>That earliest act, given what has arrived.</returns>
    private VirtualTime AdvanceNetwork(VirtualTime next)
    {
        while (true)
        {
            // What departs before any node could act again has its place in the order.
            while (_held.TryPeek(out FrameDeparture first, out _)
                && first.Time < VirtualTime.Min(next, _network.EarliestArrival))
            {
                Invariant.Require(first.Time >= _reached, "a frame departs in the network's past");
                _network.Send(_held.Dequeue());
            }

            VirtualTime horizon = _held.TryPeek(out FrameDeparture held, out _)
                ? VirtualTime.Min(next, held.Time)
                : next;
            VirtualTime earliest = _network.EarliestArrival;
            if (_reached >= horizon || earliest == VirtualTime.MaxValue
                || (next != VirtualTime.MaxValue && earliest >= After(next, _network.Lookahead)))
            {
                return next;
            }

            VirtualTime reached = _network.Advance(horizon, _arrivals);
            Invariant.Require(reached >= _reached && reached <= horizon);
            Invariant.Require(reached > _reached || _arrivals.Count > 0, "the network stands");
            Invariant.Require(_network.EarliestArrival > reached
                || reached == VirtualTime.MaxValue);
            _reached = reached;
            next = VirtualTime.Min(next, TakeArrivals(earliest));
        }
    }

    /// <returns>When the first of them acts.</returns>
    private VirtualTime TakeArrivals(VirtualTime earliest)
    {
        VirtualTime first = VirtualTime.MaxValue;
        foreach (FrameArrival arrival in _arrivals)
        {
            Invariant.Require(arrival.Time >= earliest, "a frame comes before its earliest time");
            int owner = _owners[arrival.Port];
            if (owner < 0 || _nodes[owner].HasEnded)
            {
                Statistics.FramesVanished++;
                continue;
            }

            NodeState node = _nodes[owner];
            Invariant.Require(
                node.Grant.Until <= After(arrival.Time, _excessMax),
                "a frame comes later than the slack allows");
            VirtualDuration lateness = node.Add(arrival, _order++);
            Statistics.CountDelivery(lateness);
            _slack.Count(lateness > VirtualDuration.Zero);
            _heap[owner] = node.Next;
            first = VirtualTime.Min(first, node.Next);
        }

        _arrivals.Clear();
        return first;
    }

    private void Grant(VirtualTime next)
    {
        VirtualTime until = After(
            VirtualTime.Min(After(next, _network.Lookahead), _network.EarliestArrival),
            _slack.Excess);
        Invariant.Require(next >= _floor, "an act goes back in time");
        Invariant.Require(until > next, "nobody gets on");
        _floor = next;
        _excessMax = _slack.Excess > _excessMax ? _slack.Excess : _excessMax;
        Statistics.ExcessMax = _excessMax;
        while (_heap.FirstTime < until)
        {
            int node = _heap.First;
            _heap[node] = VirtualTime.MaxValue;
            _grants[_nodes[node].Worker].Add(_nodes[node].Begin(until));
        }
    }

    private void RunRound()
    {
        _round++;
        Statistics.Rounds++;
        for (int i = 0; i < _workers.Count; i++)
        {
            if (_grants[i].Count > 0)
            {
                _workers[i].Begin(_round, _grants[i]);
            }
        }

        for (int i = 0; i < _workers.Count; i++)
        {
            if (_grants[i].Count > 0)
            {
                Collect(_workers[i].Collect(), _grants[i]);
            }
        }
    }

    private void Collect(IReadOnlyList<NodeReport> reports, List<NodeGrant> grants)
    {
        Invariant.Require(reports.Count == grants.Count);
        Statistics.Grants += (ulong)grants.Count;
        foreach (NodeReport report in reports)
        {
            int index = _indices[report.Node];
            NodeState node = _nodes[index];
            node.Take(report);
            if (node.HasEnded)
            {
                _ended++;
                Statistics.FramesVanished += (ulong)node.DropArrivals();
            }

            _heap[index] = node.Next;
            foreach (FrameDeparture departure in report.Departures)
            {
                Invariant.Require(_owners[departure.Port] == index, "a frame leaves from a port "
                    + "that is not the node's");
                Invariant.Require(departure.Time >= _floor, "a frame departs before any act");
                Statistics.FramesSent++;
                _held.Enqueue(
                    departure, (departure.Time.Picoseconds, departure.Port, _order++));
            }
        }

        grants.Clear();
    }

    /// <summary>Nobody acts any more, and nothing is on its way.</summary>
    private ClusterResult EndWaiting()
    {
        List<int> waiting = [];
        foreach (NodeState node in _nodes)
        {
            if (!node.HasEnded)
            {
                waiting.Add(node.Id);
                _grants[node.Worker].Add(node.Begin(VirtualTime.MaxValue));
            }
        }

        RunRound();
        Invariant.Require(_ended == _nodes.Length, "a node waits for ever and does not end");
        return Result(ClusterEnd.Deadlock, waiting);
    }

    private ClusterResult Result(ClusterEnd end, IReadOnlyList<int> waiting)
    {
        VirtualTime time = VirtualTime.Zero;
        foreach (NodeState node in _nodes)
        {
            time = VirtualTime.Max(time, node.Now);
        }

        return new ClusterResult(end, time, waiting);
    }
}
