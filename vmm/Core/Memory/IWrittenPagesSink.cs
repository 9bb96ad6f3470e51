namespace Dilaton.Core;

/// <summary>Hears how many pages guest code wrote (<see cref="EngineTraits.LogsWrittenPages"/>).</summary>
public interface IWrittenPagesSink
{
    /// <summary>On the node's thread, within a slice of the vCPU.</summary>
    /// <param name="pages">Different ones, since the last call.</param>
    void PagesWritten(VcpuId vcpu, ulong pages);
}
