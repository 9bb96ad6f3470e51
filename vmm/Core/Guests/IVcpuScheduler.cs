namespace Dilaton.Core;

/// <summary>What a node kernel asks of whoever runs its vCPUs.</summary>
public interface IVcpuScheduler
{
    /// <summary>The idle vCPU has a thread to run from <see cref="INodeClock.Now"/> on: its clock
    /// skips to then and <see cref="IGuestKernel.Dispatch"/> is called. Ignored unless idle.</summary>
    void Wake(VcpuId vcpu);

    /// <summary>Calls <see cref="IGuestKernel.Preempt"/> once the vCPU reaches the time;
    /// replaces an earlier deadline. <see cref="VirtualTime.MaxValue"/> clears it.</summary>
    void PreemptAt(VcpuId vcpu, VirtualTime at);
}
