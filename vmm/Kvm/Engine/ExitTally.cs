using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>What a node's vCPUs left the guest for, how often, and how long it took on the host until
/// guest code ran again, by the CPU clock of the thread that runs them all.</summary>
public sealed class ExitTally : IStatisticsSource
{
    private static readonly (ExitCause Cause, string Name, string What)[] s_causes =
    [
        (ExitCause.SystemCall, "systemCall", "system calls"),
        (ExitCause.PageFill, "pageFill", "pages that the page tables did not have yet, 2 MiB at most at once"),
        (ExitCause.Exception, "exception", "other exceptions"),
        (ExitCause.Window, "window", "accesses to windows"),
        (ExitCause.Interruption, "interruption", "timers that ended a slice"),
        (ExitCause.Debug, "debug", "steps and breakpoints that hooks asked for"),
        (ExitCause.HostFault, "hostFault", "memory that the host did not have"),
    ];

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly ulong[] _counts = new ulong[s_causes.Length];
    private readonly ulong[] _nanoseconds = new ulong[s_causes.Length];
    private ExitCause _last;
    private long _leftAt = -1;

    public ulong CountOf(string name) => _counts[Array.FindIndex(s_causes, c => c.Name == name)];

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        foreach ((ExitCause cause, string name, string what) in s_causes)
        {
            ulong count = _counts[(int)cause];
            list.Count($"{name}.count", count, "Count", $"exits: {what}");
            list.Quotient(
                $"{name}.hostTime",
                _nanoseconds[(int)cause],
                (UInt128)count * NanosecondsPerSecond,
                "Second",
                "mean host CPU time from such an exit until guest code runs on");
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        Array.Clear(_counts);
        Array.Clear(_nanoseconds);
    }

    /// <param name="now">Of the thread's CPU clock, in nanoseconds. HOT: per exit.</param>
    internal void Leave(ExitCause cause, long now)
    {
        _counts[(int)cause]++;
        _last = cause;
        _leftAt = now;
    }

    /// <summary>Guest code runs again. HOT: per exit.</summary>
    internal void Enter(long now)
    {
        if (_leftAt >= 0)
        {
            // Short times are the host clock's, which a reading of the CPU clock may set back.
            _nanoseconds[(int)_last] += (ulong)Math.Max(0, now - _leftAt);
        }

        _leftAt = -1;
    }

    /// <summary>The thread is another one, whose clock is another one.</summary>
    internal void Forget() => _leftAt = -1;
}
