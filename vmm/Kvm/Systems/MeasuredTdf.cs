using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>The factor by which a machine's clock really was dilated: the host's steady clock, without what it was held
/// for, by what its counter, which the guest reads, says at the announced rate.</summary>
internal sealed class MeasuredTdf(AnnouncedClock clock) : IStatisticsSource
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    private ulong _counter;
    private long _host;
    private ulong _counts;
    private long _nanoseconds;

    /// <param name="counter">What the guest's counter shows.</param>
    /// <param name="host">Of the steady clock, in nanoseconds.</param>
    public void Begin(ulong counter, long host) => (_counter, _host) = (counter, host);

    /// <param name="held">In nanoseconds since it began.</param>
    public void End(ulong counter, long host, long held)
    {
        _counts = unchecked(counter - _counter);
        _nanoseconds = Math.Max(0, host - _host - held);
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Quotient(
            "tdf",
            (UInt128)(ulong)_nanoseconds * clock.Kilohertz,
            (UInt128)_counts * NanosecondsPerMillisecond,
            "Ratio",
            "host time that the machine ran by the time that its counter showed the guest");
    }

    /// <summary>It is that of the whole run.</summary>
    public void ResetStatistics()
    {
    }
}
