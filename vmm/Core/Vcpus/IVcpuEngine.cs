namespace Dilaton.Core;

/// <summary>Runs guest code: the translator or KVM. One engine serves one node.</summary>
public interface IVcpuEngine : IDisposable
{
    EngineTraits Traits { get; }

    /// <summary>vCPU <c>i</c> has id <c>i</c>.</summary>
    IReadOnlyList<IVcpu> Vcpus { get; }

    /// <summary>What the vCPUs report from the next <see cref="IVcpu.Run"/> on, and what their
    /// instructions cost (the L1-hit part is 0 with <see cref="MemoryEventLevel.Off"/>).</summary>
    void SetEvents(MemoryEventLevel level, CoreCost cost);

    /// <summary>As <see cref="SetEvents"/>, for a while: the level before comes back, many times, and an
    /// engine may keep what it has made for it.</summary>
    void SwitchEvents(MemoryEventLevel level, CoreCost cost) => SetEvents(level, cost);
}
