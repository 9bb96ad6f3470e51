using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What became of an interval. Reused by its peer.</summary>
public sealed class IntervalReport
{
    /// <param name="interval">Of cores with the set `interval`; else null.</param>
    public IntervalReport(int vcpuCount, int storeBufferEntries, IntervalParameters? interval = null)
    {
        Vcpus = new VcpuReport[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Vcpus[i] = new VcpuReport(storeBufferEntries, interval);
        }
    }

    /// <summary>Everything before this has happened in the peer.</summary>
    public VirtualTime Reached { get; set; }

    public VcpuReport[] Vcpus { get; }
}
