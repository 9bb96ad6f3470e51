using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A timer that sends signals: of timer_create or setitimer. As in Linux one whose signal is
/// pending rests until that is taken, and then tells how often it would have expired meanwhile:
/// <code>
///   set ──> armed ── expires ──> signal pending ── taken ──> armed at the next period, or done
///             ^ └── ignored, or an interval timer of CPU time ──┘
/// </code></summary>
internal abstract class SignalTimer(GuestProcess process, TimerClock clock) : INodeEvent
{
    /// <summary>An ignored signal is not tried more often.</summary>
    private const ulong IgnoredPeriodPs = 1_000_000_000;

    private ulong? _expiry;
    private ulong? _ticket;

    public TimerClock Clock => clock;

    /// <summary>In ps; 0 expires once.</summary>
    public ulong Interval { get; private set; }

    /// <summary>Without events: nobody is told.</summary>
    protected virtual bool IsSilent => false;

    protected GuestProcess Process => process;

    /// <summary>Ps to the next expiry, at least 1 ns before it; 0 if there is none.</summary>
    public ulong Remaining
    {
        get
        {
            if (_expiry is not { } expiry)
            {
                return 0;
            }

            ulong now = clock.Now;
            return expiry > now ? Math.Max(expiry - now, 1000)
                : Interval > 0 ? Interval - ((now - expiry) % Interval)
                : 0;
        }
    }

    /// <param name="expiry">A reading of its clock; null disarms it.</param>
    public virtual void Set(ulong? expiry, ulong interval)
    {
        _expiry = expiry;
        Interval = interval;
        Schedule();
    }

    /// <summary>Which threads run has changed.</summary>
    public void Reschedule()
    {
        if (_ticket is not null || (_expiry is { } expiry && expiry > clock.Now))
        {
            Schedule();
        }
    }

    public void Fire()
    {
        _ticket = null;
        if (process.Kernel.Exit is not null || _expiry is not { } expiry)
        {
            return;
        }

        if (clock.Now < expiry)
        {
            Schedule();
            return;
        }

        Expire();
    }

    /// <summary>Sends the signal.</summary>
    protected abstract void Expire();

    /// <summary>Its signal is taken: goes on with the first period that is not over.</summary>
    /// <returns>How many were over besides.</returns>
    protected ulong Advance()
    {
        if (_expiry is not { } expiry)
        {
            return 0;
        }

        if (Interval == 0)
        {
            Set(null, 0);
            return 0;
        }

        ulong now = clock.Now;
        ulong missed = now > expiry ? (now - expiry) / Interval : 0;
        UInt128 next = expiry + ((UInt128)(missed + 1) * Interval);
        _expiry = next >= ulong.MaxValue ? null : (ulong)next;
        Schedule();
        return missed;
    }

    /// <summary>Nobody takes the signal.</summary>
    protected void AdvanceIgnored()
    {
        if (Interval is > 0 and < IgnoredPeriodPs)
        {
            _expiry += IgnoredPeriodPs / Interval * Interval;
        }

        Advance();
    }

    protected void Disarm() => Set(null, 0);

    private void Schedule()
    {
        LatePorts ports = process.Kernel.Ports;
        if (_ticket is { } ticket)
        {
            ports.Cancel(ticket);
            _ticket = null;
        }

        if (_expiry is { } expiry && !IsSilent && clock.When(expiry) is { } at)
        {
            _ticket = ports.Schedule(at, this);
        }
    }
}
