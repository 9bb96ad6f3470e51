using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>A deterministic engine of a machine that is its own specification: a few instructions,
/// one memory for all vCPUs, exact costs, all event levels.</summary>
public sealed class ScriptedEngine : IVcpuEngine
{
    private readonly ScriptedVcpu[] _vcpus;

    /// <param name="recordsPerBlock">Records after which a block is handed over, within a slice.
    /// </param>
    public ScriptedEngine(
        ScriptInstruction[] program, int vcpuCount, IMemoryEventSink sink, int recordsPerBlock)
    {
        Memory = [];
        _vcpus = new ScriptedVcpu[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            _vcpus[i] = new ScriptedVcpu(
                this, new VcpuId(i), program, sink, recordsPerBlock);
        }
    }

    public EngineTraits Traits { get; init; } = EngineTraits.StopsAtExactInstruction
        | EngineTraits.SeesEveryAccess | EngineTraits.Deterministic;

    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    public Dictionary<ulong, ulong> Memory { get; }

    /// <summary>Who ran, in order, with the first program counter of the slice.</summary>
    public List<int>? Slices { get; set; }

    public ulong RunCount { get; set; }

    public MemoryEventLevel Level { get; private set; }

    public void SetEvents(MemoryEventLevel level, CoreCost cost) =>
        SetEvents(level, [.. _vcpus.Select(_ => cost)]);

    public void SetEvents(MemoryEventLevel level, IReadOnlyList<CoreCost> costs)
    {
        Level = level;
        foreach (ScriptedVcpu vcpu in _vcpus)
        {
            vcpu.Cost = costs[vcpu.Id.Index];
            vcpu.FlushFilter();
        }
    }

    public void Dispose()
    {
    }
}
