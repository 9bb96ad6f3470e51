using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A vCPU's clock in cost units: total = executed + stall + kernel + waiting, exactly.
/// </summary>
public readonly record struct VcpuTimes(
    VirtualTime Now,
    ulong UnitsPerCycle,
    ulong TotalUnits,
    ulong ExecutedUnits,
    ulong StallUnits,
    ulong KernelUnits,
    ulong WaitingUnits);
