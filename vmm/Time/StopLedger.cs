using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Tells for how long a process was stopped (SIGSTOP, a debugger), by a thread of it that looks
/// at the host's clock every <see cref="PeriodNanoseconds"/> and does nothing else: what a period took
/// longer, and was not waiting for a processor, it stood. All times are the host's, in nanoseconds.
/// </summary>
public sealed class StopLedger
{
    public const long PeriodNanoseconds = 2_000_000;

    /// <summary>No clock goes further past the last look, as the process may have been stopped since.
    /// </summary>
    public const long TrustNanoseconds = 4_000_000;

    /// <summary>Shorter is what a runtime and a kernel do of themselves.</summary>
    public const long LeastNanoseconds = 20_000_000;

    private long _lookedAt;
    private long _delayed;

    public int Count { get; private set; }

    public long TotalNanoseconds { get; private set; }

    /// <param name="delayed">For how long the thread has waited for a processor since it began.</param>
    public void Begin(long now, long delayed)
    {
        _lookedAt = now;
        _delayed = delayed;
    }

    /// <inheritdoc cref="Begin"/>
    public void Look(long now, long delayed)
    {
        Invariant.Require(now >= _lookedAt && delayed >= _delayed);
        long stopped = now - _lookedAt - PeriodNanoseconds - (delayed - _delayed);
        Begin(now, delayed);
        if (stopped >= LeastNanoseconds)
        {
            Count++;
            TotalNanoseconds += stopped;
        }
    }

    /// <summary>Time without stops, as far as is known now.</summary>
    public long Known(long now) =>
        Math.Min(now, _lookedAt + TrustNanoseconds) - TotalNanoseconds;
}
