using Dilaton.Core;
using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Protocol;

/// <summary>Builds an Interval and its payload: Begin, then for each vCPU in order AddVcpu, and
/// after it AddState and AddRecords as needed, then <see cref="Envelope"/> and
/// <see cref="Payload"/>. All is used again by the next one.</summary>
public sealed class IntervalWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly RecordBlockWriter _records;
    private readonly Interval _interval = new();
    private readonly VcpuInput[] _inputs;

    /// <param name="hasProgram">The issue set is `interval`.</param>
    public IntervalWriter(int vcpuCount, bool hasProgram = false)
    {
        _records = new RecordBlockWriter(_payload, hasProgram);
        _inputs = [.. Enumerable.Range(0, vcpuCount).Select(_ => new VcpuInput())];
        Envelope = new Envelope { Interval = _interval };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    /// <param name="number">From 1.</param>
    public void Begin(ulong number, VirtualTime end, VirtualTime limit)
    {
        _payload.Clear();
        _records.Clear();
        _interval.Number = number;
        _interval.EndPs = end.Picoseconds;
        _interval.LimitPs = limit.Picoseconds;
        _interval.Vcpus.Clear();
        _interval.Blocks.Clear();
        _interval.Accesses.Clear();
    }

    /// <summary>The next vCPU; what is added then belongs to it.</summary>
    /// <param name="floorUnits">Position before which it makes no further record.</param>
    public void AddVcpu(ulong floorUnits, bool isIdle)
    {
        Invariant.Require(_interval.Vcpus.Count < _inputs.Length);
        VcpuInput input = _inputs[_interval.Vcpus.Count];
        input.FloorUnits = floorUnits;
        input.Idle = isIdle;
        input.HasState = false;
        input.StateOffset = 0;
        _interval.Vcpus.Add(input);
    }

    /// <summary>The engine's state that the worker went on to while nothing was on its way: neither
    /// blocked, nor with an entry that is unanswered.</summary>
    public void AddState(in IssueStateView state)
    {
        VcpuInput input = _interval.Vcpus[^1];
        input.HasState = true;
        input.StateOffset = StateCodec.Write(_payload, state);
    }

    /// <summary>The access to a window for which the vCPU waits.</summary>
    /// <param name="data">What is stored, if it travels.</param>
    public Access AddAccess(
        ulong id,
        VirtualTime at,
        GuestPhysicalAddress address,
        int sizeBytes,
        bool isStore,
        ReadOnlySpan<byte> data)
    {
        var access = new Access
        {
            Id = id,
            Vcpu = (uint)(_interval.Vcpus.Count - 1),
            AtPs = at.Picoseconds,
            Address = address.Value,
            SizeBytes = (uint)sizeBytes,
            Store = isStore,
            Data = ByteString.CopyFrom(data),
        };
        _interval.Accesses.Add(access);
        return access;
    }

    /// <summary>Records in program order, after those added before.</summary>
    public void AddRecords(ReadOnlySpan<WireRecord> records) =>
        _records.Write(_interval.Vcpus.Count - 1, records, _interval.Blocks);
}
