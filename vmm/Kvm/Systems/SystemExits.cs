using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>What the vCPUs of a system guest came out for, how often, and the host time until the guest
/// ran on. Each vCPU's thread has its own row; a reading while they run is recent, not a
/// moment.</summary>
/// <param name="isExact">Interrupt controllers are Dilaton's: else nobody comes out to halt or for a window.</param>
internal sealed class SystemExits(int vcpuCount, bool isExact = false) : IStatisticsSource
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private static readonly (SystemExitCause Cause, string Name, string What)[] s_causes =
    [
        (SystemExitCause.Port, "port", "accesses to I/O ports"),
        (SystemExitCause.Memory, "memory", "accesses to addresses where no memory is"),
        (SystemExitCause.ReadMsr, "readMsr", "reads of model-specific registers that KVM does not know"),
        (SystemExitCause.WriteMsr, "writeMsr", "writes of model-specific registers that KVM does not know"),
        (SystemExitCause.Interruption, "interruption", "requests of the VMM itself"),
        (SystemExitCause.Halt, "halt", "halts, where they leave KVM (interrupts: exact)"),
        (SystemExitCause.InterruptWindow, "interruptWindow",
            "moments from which an interrupt can be taken that waited (interrupts: exact)"),
        (SystemExitCause.End, "end", "ends: triple faults, and what KVM can't run"),
    ];

    private readonly ulong[][] _counts = Rows(vcpuCount);
    private readonly ulong[][] _nanoseconds = Rows(vcpuCount);
    private readonly ulong[] _guest = new ulong[vcpuCount];
    private readonly ulong[] _processor = new ulong[vcpuCount];
    private readonly ulong[] _waited = new ulong[vcpuCount];

    /// <summary>HOT: per exit.</summary>
    public void Add(int vcpu, SystemExitCause cause, long nanoseconds)
    {
        _counts[vcpu][(int)cause]++;
        _nanoseconds[vcpu][(int)cause] += (ulong)Math.Max(0, nanoseconds);
    }

    /// <summary>It was in the guest. HOT: per exit.</summary>
    public void AddGuest(int vcpu, long nanoseconds) => _guest[vcpu] += (ulong)Math.Max(0, nanoseconds);

    /// <summary>At the end of its thread.</summary>
    /// <param name="processor">CPU time, in nanoseconds.</param>
    /// <param name="waited">For a processor, in nanoseconds.</param>
    public void AddThread(int vcpu, long processor, long waited) =>
        (_processor[vcpu], _waited[vcpu]) = ((ulong)processor, (ulong)waited);

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        foreach ((SystemExitCause cause, string name, string what) in s_causes)
        {
            if (!isExact && cause is (SystemExitCause.Halt or SystemExitCause.InterruptWindow))
            {
                continue;
            }

            ulong count = Sum(_counts, cause);
            list.Count($"{name}.count", count, "Count", $"exits: {what}");
            list.Quotient(
                $"{name}.hostTime",
                Sum(_nanoseconds, cause),
                (UInt128)count * NanosecondsPerSecond,
                "Second",
                "mean host time from such an exit until the guest is entered again");
        }

        Seconds(list, "guest", _guest, "host time that vCPUs were in the guest, halted or not");
        Seconds(list, "processor", _processor, "the host's CPU time of the vCPUs' threads, told at the end");
        Seconds(list, "steal", _waited, "host time that those threads waited for a processor, told at the end");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        for (int i = 0; i < vcpuCount; i++)
        {
            Array.Clear(_counts[i]);
            Array.Clear(_nanoseconds[i]);
            _guest[i] = 0;
        }
    }

    private static void Seconds(StatisticsList list, string name, ulong[] nanoseconds, string what)
    {
        ulong sum = 0;
        foreach (ulong each in nanoseconds)
        {
            sum += each;
        }

        list.Quotient(name, sum, NanosecondsPerSecond, "Second", what);
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
