using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>A Grant as a worker of nodes reads it.</summary>
public readonly ref struct GrantReader
{
    private readonly Grant _grant;
    private readonly int _portCount;
    private readonly ReadOnlySpan<byte> _payload;

    private GrantReader(Grant grant, int portCount, ReadOnlySpan<byte> payload)
    {
        _grant = grant;
        _portCount = portCount;
        _payload = payload;
    }

    public ulong Round => _grant.Round;

    public int NodeCount => _grant.Nodes.Count;

    /// <param name="last">The round before.</param>
    /// <exception cref="ProtocolException">Its round is not a later one, or it is for nobody.
    /// </exception>
    public static GrantReader Open(
        Grant grant, ulong last, int portCount, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (grant.Round <= last)
        {
            throw new ProtocolException(0, "grant.round", $"above {last}", $"{grant.Round}");
        }

        if (grant.Nodes.Count == 0)
        {
            throw new ProtocolException(0, "grant.nodes", "one at least", "none");
        }

        return new GrantReader(grant, portCount, payload);
    }

    public uint Node(int index) => _grant.Nodes[index].Node;

    public VirtualTime Until(int index) => new(_grant.Nodes[index].UntilPs);

    /// <exception cref="ProtocolException">The frames break a rule, are out of order, or come when
    /// the grant is over.</exception>
    public FrameBlockView ReadArrivals(int index)
    {
        var field = new FieldPath("grant.nodes[].arrivals", index);
        FrameBlockView frames = FrameBlockReader.Read(
            _payload, _grant.Nodes[index].Arrivals, _portCount, field);
        FrameBlockReader.RequireOrder(frames, withPorts: false, field);
        if (frames.Count > 0 && frames.Time(frames.Count - 1) >= Until(index))
        {
            PayloadReader.Fail(
                field, $"frames before {Until(index)}", $"{frames.Time(frames.Count - 1)}");
        }

        return frames;
    }
}
