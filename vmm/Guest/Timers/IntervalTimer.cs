namespace Dilaton.Guest;

/// <summary>A timer of setitimer(2) and alarm(2). That of real time goes on when SIGALRM is taken, the
/// others at once.</summary>
internal sealed class IntervalTimer(GuestProcess process, TimerClock clock, int signal)
    : SignalTimer(process, clock)
{
    private bool _hasExpired;

    /// <summary>SIGALRM is taken, whoever sent it.</summary>
    public void Taken()
    {
        if (_hasExpired)
        {
            _hasExpired = false;
            Advance();
        }
    }

    public override void Set(ulong? expiry, ulong interval)
    {
        _hasExpired = false;
        base.Set(expiry, interval);
    }

    protected override void Expire()
    {
        Process.Kernel.Signals.Send(
            Process, SignalInfo.Fault(signal, SignalInfo.SI_KERNEL, 0));
        if (Clock.IsCpu)
        {
            Advance();
        }
        else
        {
            _hasExpired = true;
        }
    }
}
