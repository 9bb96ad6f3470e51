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

    /// <summary>As the other, of cores that are not alike.</summary>
    /// <param name="costs">One per vCPU. An engine that counts no instructions has one for all.</param>
    void SetEvents(MemoryEventLevel level, IReadOnlyList<CoreCost> costs)
    {
        foreach (CoreCost cost in costs)
        {
            Invariant.Require(cost == costs[0], "an engine has one cost for all vCPUs");
        }

        SetEvents(level, costs[0]);
    }

    /// <summary>As <see cref="SetEvents(MemoryEventLevel, CoreCost)"/>, for a while: the level before comes back,
    /// many times, and an engine may keep what it has made for it.</summary>
    void SwitchEvents(MemoryEventLevel level, CoreCost cost) => SetEvents(level, cost);
}
