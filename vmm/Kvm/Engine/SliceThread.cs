using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The thread that runs a node's vCPUs in turn: its timer, and what slices took by its CPU
/// clock. A node's thread may change between slices, and then another timer is made.</summary>
internal sealed class SliceThread : IDisposable
{
    /// <summary>A slice is no shorter: entering and leaving the guest alone take that long on slow
    /// hosts.</summary>
    public const long LeastNanoseconds = 20_000;

    /// <summary>What takes less host time than that is taken for CPU time all of it, since reading the CPU
    /// clock takes a system call. What such stretches get wrong, the next reading puts right.</summary>
    private const long NearNanoseconds = 50_000;

    private SliceTimer? _timer;
    private long _expiry;
    private long _cpu;
    private long _host;

    /// <summary>What must be blocked while the guest runs; changes with <see cref="Generation"/>.
    /// </summary>
    public ulong BlockedInGuest => _timer!.BlockedInGuest;

    public int Generation { get; private set; }

    /// <summary>Slices that a timer ended, and by how much later than it should, in nanoseconds of
    /// the thread's CPU time.</summary>
    public SliceOvershoot Overshoot { get; } = new();

    /// <summary>What the vCPUs left the guest for.</summary>
    public ExitTally Exits { get; } = new();

    /// <summary>Makes the calling thread the one.</summary>
    public void Take()
    {
        if (_timer is { IsMine: true })
        {
            return;
        }

        _timer?.Dispose();
        _timer = new SliceTimer();
        _expiry = 0;
        ForgetClock();
        Exits.Forget();
        Generation++;
    }

    /// <summary>Sees to it that the guest, which is entered now, is left in that much time, at the
    /// latest. A timer that runs for at least half of it is left alone: where exits are many, setting it
    /// at each would cost as much as the exit. HOT: per entry.</summary>
    /// <returns>The thread's CPU time.</returns>
    public long Enter(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, LeastNanoseconds);
        long now = SliceTimer.HostNanoseconds();
        long left = _expiry - now;
        if (left < nanoseconds / 2 || left > nanoseconds)
        {
            // Not later than the timer's own: one that has expired must not count as one that runs.
            _expiry = now + nanoseconds;
            _timer!.Start(nanoseconds);
        }

        Exits.Enter(Read(now));
        return _cpu;
    }

    /// <summary>The guest was left just now. HOT: per exit.</summary>
    /// <returns>The thread's CPU time.</returns>
    public long Leave() => Read(SliceTimer.HostNanoseconds());

    /// <summary>The thread's CPU time when the guest was left.</summary>
    public long LeftAt => _cpu;

    /// <summary>The next entry or exit reads the CPU clock itself.</summary>
    public void ForgetClock() => _host = -NearNanoseconds;

    public void Dispose() => _timer?.Dispose();

    private long Read(long host)
    {
        long passed = host - _host;
        _cpu = passed < NearNanoseconds ? _cpu + passed : SliceTimer.ThreadNanoseconds();
        _host = host;
        return _cpu;
    }
}
