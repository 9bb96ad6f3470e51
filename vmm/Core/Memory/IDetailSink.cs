namespace Dilaton.Core;

/// <summary>Where an engine with <see cref="EngineTraits.SamplesAccesses"/> puts what it sees in its
/// detail windows. Called on the node's thread; one vCPU at a time.</summary>
public interface IDetailSink
{
    /// <summary>Instructions in a row of one vCPU's window, and their accesses. The spans die with the
    /// call.</summary>
    void Append(in MemoryEventBlock block, in DetailCount count);

    /// <summary>The vCPU's window is over.</summary>
    /// <param name="isWhole">It had as many instructions as it should.</param>
    /// <param name="hostNanoseconds">CPU time that it took.</param>
    void EndWindow(VcpuId vcpu, bool isWhole, long hostNanoseconds);
}
