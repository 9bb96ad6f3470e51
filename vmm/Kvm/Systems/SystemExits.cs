using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>What the vCPUs of a system guest came out for, how often, and the host time until the guest
/// ran on. Each vCPU's thread has its own row; a reading while they run is recent, not a
/// moment.</summary>
internal sealed class SystemExits(int vcpuCount) : IStatisticsSource
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private static readonly (SystemExitCause Cause, string Name, string What)[] s_causes =
    [
        (SystemExitCause.Port, "port", "accesses to I/O ports"),
        (SystemExitCause.Memory, "memory", "accesses to addresses where no memory is"),
        (SystemExitCause.ReadMsr, "readMsr", "reads of model-specific registers that KVM does not know"),
        (SystemExitCause.WriteMsr, "writeMsr", "writes of model-specific registers that KVM does not know"),
        (SystemExitCause.Interruption, "interruption", "requests of the VMM itself"),
        (SystemExitCause.End, "end", "ends: triple faults, and what KVM can't run"),
    ];

    private readonly ulong[][] _counts = Rows(vcpuCount);
    private readonly ulong[][] _nanoseconds = Rows(vcpuCount);

    /// <summary>HOT: per exit.</summary>
    public void Add(int vcpu, SystemExitCause cause, long nanoseconds)
    {
        _counts[vcpu][(int)cause]++;
        _nanoseconds[vcpu][(int)cause] += (ulong)Math.Max(0, nanoseconds);
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        foreach ((SystemExitCause cause, string name, string what) in s_causes)
        {
            ulong count = Sum(_counts, cause);
            list.Count($"{name}.count", count, "Count", $"exits: {what}");
            list.Quotient(
                $"{name}.hostTime",
                Sum(_nanoseconds, cause),
                (UInt128)count * NanosecondsPerSecond,
                "Second",
                "mean host time from such an exit until the guest is entered again");
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        for (int i = 0; i < vcpuCount; i++)
        {
            Array.Clear(_counts[i]);
            Array.Clear(_nanoseconds[i]);
        }
    }

    private static ulong[][] Rows(int vcpuCount) =>
        [.. Enumerable.Range(0, vcpuCount).Select(_ => new ulong[s_causes.Length])];

    private static ulong Sum(ulong[][] rows, SystemExitCause cause)
    {
        ulong sum = 0;
        foreach (ulong[] row in rows)
        {
            sum += row[(int)cause];
        }

        return sum;
    }
}
