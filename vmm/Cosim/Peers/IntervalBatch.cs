using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>An interval as its peer gets it. Reused.</summary>
public sealed class IntervalBatch
{
    public IntervalBatch(int vcpuCount, int storeBufferEntries)
    {
        Vcpus = new VcpuBatch[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Vcpus[i] = new VcpuBatch(storeBufferEntries);
        }
    }

    /// <summary>From 1.</summary>
    public ulong Number { get; set; }

    /// <summary>Everything that passes the cut before this is to be timed.</summary>
    public VirtualTime End { get; set; }

    /// <summary>Nothing at or after this may be timed.</summary>
    public VirtualTime Limit { get; set; }

    public VcpuBatch[] Vcpus { get; }
}
