using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>A device of one register that serves one access at a time: a load gives it, a store
/// replaces it. What it is asked goes into a log.</summary>
public sealed class ScriptedDevice(VirtualDuration latency)
{
    private readonly Dictionary<int, (WindowRequest Access, VirtualTime Done, byte[] Data)> _open = [];
    private ulong _register;
    private VirtualTime _freeAt;

    public List<string> Log { get; } = [];

    public bool IsAnyOpen => _open.Count > 0;

    public VirtualTime Next => _open.Count == 0
        ? VirtualTime.MaxValue
        : _open.Values.Min(open => open.Done);

    public bool IsOpen(int vcpu) => _open.ContainsKey(vcpu);

    public void Begin(int vcpu, in WindowRequest access, VirtualTime reached)
    {
        if (access.At < reached || (_freeAt > VirtualTime.Zero && access.At < LastAt))
        {
            throw new InvalidOperationException("an access goes back in time");
        }

        LastAt = access.At;
        byte[] data = [];
        if (access.IsStore)
        {
            _register = access.IsTimedOnly
                ? 0
                : BinaryPrimitives.ReadUInt64LittleEndian(access.Data.Span);
        }
        else if (!access.IsTimedOnly)
        {
            data = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(data, _register);
        }

        _freeAt = VirtualTime.Max(_freeAt, access.At) + latency;
        Log.Add($"{access.At.Picoseconds} {vcpu} {(access.IsStore ? "store" : "load")} {_register}");
        _open.Add(vcpu, (access, _freeAt, data));
    }

    private VirtualTime LastAt { get; set; }

    public void CompleteBefore(VirtualTime end, IntervalReport report)
    {
        foreach ((int vcpu, var open) in _open.Where(o => o.Value.Done < end).ToList())
        {
            report.Vcpus[vcpu].CompletedAt = open.Done;
            report.Vcpus[vcpu].CompletionData = open.Data;
            _open.Remove(vcpu);
        }
    }
}
