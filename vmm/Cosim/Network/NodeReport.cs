using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>How far a node is after a round.</summary>
public sealed class NodeReport
{
    public NodeReport(int node) => Node = node;

    public int Node { get; }

    /// <summary>Time of its last act. Of a node that was lost, and so has ended, nobody knows it:
    /// then its grant.</summary>
    public VirtualTime Now { get; set; }

    /// <summary>It does not act before this, unless a frame comes;
    /// <see cref="VirtualTime.MaxValue"/>: not at all.</summary>
    public VirtualTime NextAct { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>What it sent in the round; frames of one port in the order of sending.</summary>
    public List<FrameDeparture> Departures { get; } = [];
}
