using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What became of an interval. Reused by its peer.</summary>
public sealed class IntervalReport
{
    public IntervalReport(int vcpuCount, int storeBufferEntries)
    {
        Vcpus = new VcpuReport[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Vcpus[i] = new VcpuReport(storeBufferEntries);
        }
    }

    /// <summary>Everything before this has happened in the peer.</summary>
    public VirtualTime Reached { get; set; }

    public VcpuReport[] Vcpus { get; }
}
