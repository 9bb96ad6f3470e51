using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>An interval as its peer gets it. Reused.</summary>
public sealed class IntervalBatch
{
    /// <param name="interval">Of cores with the set `interval`; else null.</param>
    public IntervalBatch(int vcpuCount, int storeBufferEntries, IntervalParameters? interval = null)
    {
        Vcpus = new VcpuBatch[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Vcpus[i] = new VcpuBatch(storeBufferEntries, interval);
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
