namespace Dilaton.Guest;

/// <summary>A timer of timer_create(2): it has at most one signal pending, which tells how many more
/// there would have been.</summary>
/// <param name="target">The thread that is told; null for any of the process.</param>
/// <param name="signal">0: nobody is told.</param>
internal sealed class PosixTimer(
    GuestProcess process, TimerClock clock, int id, GuestThread? target, int signal, ulong value)
    : SignalTimer(process, clock)
{
    private bool _isPending;

    public int Id => id;

    /// <summary>Of the signal taken last.</summary>
    public int Overruns { get; private set; }

    protected override bool IsSilent => signal == 0;

    public override void Set(ulong? expiry, ulong interval)
    {
        Withdraw();
        base.Set(expiry, interval);
    }

    public void Delete() => Disarm();

    /// <summary>Its signal leaves the queue for a handler or a reader.</summary>
    public SignalInfo Taken(in SignalInfo info)
    {
        _isPending = false;
        Overruns = (int)Math.Min(Advance(), int.MaxValue);
        return info with { Word0 = (uint)id | ((ulong)(uint)Overruns << 32) };
    }

    /// <summary>Its signal leaves the queue because it is ignored.</summary>
    public void Dropped()
    {
        _isPending = false;
        AdvanceIgnored();
    }

    protected override void Expire()
    {
        if (target is { State: ThreadState.Dead })
        {
            Disarm();
            return;
        }

        var info = new SignalInfo
        {
            Number = signal,
            Code = SignalInfo.SI_TIMER,
            Word0 = (uint)id,
            Word1 = value,
        };
        _isPending = Process.Kernel.Signals.Send(Process, target, info, this);
        if (!_isPending)
        {
            AdvanceIgnored();
        }
    }

    private void Withdraw()
    {
        if (_isPending)
        {
            _isPending = false;
            (target?.Signals.Queue ?? Process.Signals.Queue).Withdraw(this);
        }
    }
}
