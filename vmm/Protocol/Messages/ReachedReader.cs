using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>A Reached as the coordinator reads it.</summary>
public readonly ref struct ReachedReader
{
    private readonly Reached _reached;
    private readonly Grant _grant;
    private readonly int _portCount;
    private readonly ReadOnlySpan<byte> _payload;

    private ReachedReader(
        Reached reached, Grant grant, int portCount, ReadOnlySpan<byte> payload)
    {
        _reached = reached;
        _grant = grant;
        _portCount = portCount;
        _payload = payload;
    }

    /// <param name="grant">That it answers.</param>
    /// <exception cref="ProtocolException">It answers another one, or not for the same nodes.
    /// </exception>
    public static ReachedReader Open(
        Reached reached, Grant grant, int portCount, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(reached);
        ArgumentNullException.ThrowIfNull(grant);
        if (reached.Round != grant.Round)
        {
            throw new ProtocolException(0, "reached.round", $"{grant.Round}", $"{reached.Round}");
        }

        if (reached.Nodes.Count != grant.Nodes.Count)
        {
            throw new ProtocolException(
                0, "reached.nodes", $"{grant.Nodes.Count} of them", $"{reached.Nodes.Count}");
        }

        for (int i = 0; i < reached.Nodes.Count; i++)
        {
            Check(reached.Nodes[i], grant.Nodes[i], i);
        }

        return new ReachedReader(reached, grant, portCount, payload);
    }

    public VirtualTime Now(int index) => new(_reached.Nodes[index].NowPs);

    public VirtualTime NextAct(int index) => new(_reached.Nodes[index].NextActPs);

    public bool HasEnded(int index) => _reached.Nodes[index].Ended;

    /// <exception cref="ProtocolException">The frames break a rule.</exception>
    public FrameBlockView ReadDepartures(int index) => FrameBlockReader.Read(
        _payload, _reached.Nodes[index].Departures, _portCount,
        new FieldPath("reached.nodes[].departures", index));

    private static void Check(NodeReached node, NodeGrant grant, int index)
    {
        if (node.Node != grant.Node)
        {
            Fail("reached.nodes[].node", $"{grant.Node}", $"{node.Node}");
        }

        if (node.NowPs >= grant.UntilPs)
        {
            Fail("reached.nodes[].now_ps", $"below {grant.UntilPs}", $"{node.NowPs}");
        }

        if (!node.Ended && (node.NextActPs < grant.UntilPs || grant.UntilPs == ulong.MaxValue))
        {
            Fail(
                "reached.nodes[].next_act_ps", $"at least {grant.UntilPs}, or an end",
                $"{node.NextActPs}");
        }

        void Fail(string field, string expected, string actual) => throw new ProtocolException(
            0, new FieldPath(field, index).ToString(), expected, actual);
    }
}
