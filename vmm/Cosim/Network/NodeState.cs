using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What the coordinator knows of a node.</summary>
internal sealed class NodeState
{
    private readonly PriorityQueue<FrameArrival, (ulong Time, ulong Sent, ulong Order)> _due = new();

    public NodeState(ClusterNode node, int worker)
    {
        Id = node.Id;
        Worker = worker;
        Grant = new NodeGrant(node.Id);
    }

    public int Id { get; }

    public int Worker { get; }

    public NodeGrant Grant { get; }

    /// <summary>Time of its last act.</summary>
    public VirtualTime Now { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>Earliest act: its own, or an arrival that it does not have yet.</summary>
    public VirtualTime Next => VirtualTime.Min(
        _nextAct,
        _due.TryPeek(out _, out (ulong Time, ulong, ulong) first)
            ? new VirtualTime(first.Time)
            : VirtualTime.MaxValue);

    private VirtualTime _nextAct;

    /// <summary>Takes an arrival; what it has acted past comes at once.</summary>
    /// <returns>How late it is.</returns>
    public VirtualDuration Add(in FrameArrival arrival, ulong order)
    {
        VirtualTime at = VirtualTime.Max(arrival.Time, Now);
        _due.Enqueue(
            arrival with { Time = at }, (at.Picoseconds, arrival.Time.Picoseconds, order));
        return at - arrival.Time;
    }

    /// <summary>Makes its part of a round: all that comes before the end of it.</summary>
    public NodeGrant Begin(VirtualTime until)
    {
        Grant.Until = VirtualTime.Max(until, Grant.Until);
        Grant.Arrivals.Clear();
        while (_due.TryPeek(out FrameArrival arrival, out _) && arrival.Time < Grant.Until)
        {
            Grant.Arrivals.Add(_due.Dequeue());
        }

        return Grant;
    }

    public void Take(NodeReport report)
    {
        Invariant.Require(report.Node == Id, "a report is another node's");
        Invariant.Require(report.Now >= Now, "a node goes back in time");
        bool isLost = report.HasEnded && report.Now == Grant.Until;
        Invariant.Require(isLost || report.Now < Grant.Until, "a node acts behind its grant");
        Invariant.Require(
            report.HasEnded || report.NextAct >= Grant.Until, "a node stops before its grant");
        Invariant.Require(
            report.HasEnded || Grant.Until != VirtualTime.MaxValue, "a node waits for nothing");
        Now = isLost ? Now : report.Now;
        HasEnded = report.HasEnded;
        _nextAct = report.HasEnded ? VirtualTime.MaxValue : report.NextAct;
    }

    /// <summary>A node that has ended takes nothing.</summary>
    /// <returns>How many frames it had not been given.</returns>
    public int DropArrivals()
    {
        int count = _due.Count;
        _due.Clear();
        return count;
    }
}
