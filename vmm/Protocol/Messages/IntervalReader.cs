using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>An Interval as a peer reads it.</summary>
public readonly ref struct IntervalReader
{
    private readonly Interval _interval;
    private readonly SessionShape _shape;
    private readonly ReadOnlySpan<byte> _payload;

    private IntervalReader(Interval interval, SessionShape shape, ReadOnlySpan<byte> payload)
    {
        _interval = interval;
        _shape = shape;
        _payload = payload;
    }

    public VirtualTime End => VirtualTime.FromPicoseconds(_interval.EndPs);

    public VirtualTime Limit => VirtualTime.FromPicoseconds(_interval.LimitPs);

    public int BlockCount => _interval.Blocks.Count;

    /// <param name="number">That is expected.</param>
    /// <exception cref="ProtocolException">It is another interval, or has another shape.
    /// </exception>
    public static IntervalReader Open(
        Interval interval, ulong number, SessionShape shape, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(interval);
        ArgumentNullException.ThrowIfNull(shape);
        if (interval.Number != number)
        {
            throw new ProtocolException(0, "interval.number", $"{number}", $"{interval.Number}");
        }

        if (interval.Vcpus.Count != shape.VcpuCount)
        {
            throw new ProtocolException(
                0, "interval.vcpus", $"{shape.VcpuCount} of them", $"{interval.Vcpus.Count}");
        }

        if (interval.LimitPs < interval.EndPs)
        {
            throw new ProtocolException(
                0, "interval.limit_ps", $"at least end_ps ({interval.EndPs})",
                $"{interval.LimitPs}");
        }

        return new IntervalReader(interval, shape, payload);
    }

    public ulong FloorUnits(int vcpu) => _interval.Vcpus[vcpu].FloorUnits;

    public bool IsIdle(int vcpu) => _interval.Vcpus[vcpu].Idle;

    /// <returns>False if the engine stays as it is.</returns>
    /// <exception cref="ProtocolException">There is a state, but not a settled one.</exception>
    public bool TryReadState(int vcpu, out IssueStateView state)
    {
        VcpuInput input = _interval.Vcpus[vcpu];
        state = default;
        if (!input.HasState)
        {
            return false;
        }

        var where = new FieldPath("interval.vcpus[].state_offset", vcpu);
        state = StateCodec.Read(
            _payload, input.StateOffset, _shape.StoreBufferEntries[vcpu], _shape.Interval, where);
        if (!state.IsSettled)
        {
            PayloadReader.Fail(where, "a state with nothing on its way", "one that waits");
        }

        return true;
    }

    /// <exception cref="ProtocolException">The block breaks a rule of docs/protocol.md, section
    /// 3.2.</exception>
    public RecordBlockView ReadBlock(int index) => RecordBlockReader.Read(
        _interval.Blocks[index], index, _payload, _shape.VcpuCount, _shape.LineSizeBytes,
        _shape.Interval is not null);
}
