using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>Where vCPUs wait that halt or have not been started. When all of them do, the machine's clock stands, and
/// shows the time of what comes next at once; so waiting costs nothing, and what comes is seen at its time.
/// <code>
/// Wait ──► not all wait, or nothing comes ───────────────► until Wake
///      └─► all do ──► StandStill ──► SkipTo(Next) ──► Deliver ──► (Wake of whose it is)
/// Leave ──► the first: GoOn ──► into the guest
/// </code></summary>
/// <param name="count">Of vCPUs.</param>
/// <param name="skips">False: the clock goes on while all wait.</param>
internal sealed class IdleGate(int count, bool skips, IIdleMachine machine) : IDisposable
{
    private readonly AutoResetEvent[] _calls =
        [.. Enumerable.Range(0, count).Select(_ => new AutoResetEvent(false))];

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly bool[] _waits = new bool[count];
    private bool _stands;

    /// <summary>The vCPU has nothing to do, and waits until it may have. It looks again then, and may come here again.
    /// </summary>
    public void Wait(int vcpu)
    {
        bool hasCome;
        lock (_gate)
        {
            _waits[vcpu] = true;
            hasCome = TrySkip();
        }

        if (hasCome)
        {
            machine.Deliver();
        }
        else
        {
            _calls[vcpu].WaitOne();
        }
    }

    /// <summary>The vCPU is about to enter the guest.</summary>
    public void Leave(int vcpu)
    {
        lock (_gate)
        {
            _waits[vcpu] = false;
            if (_stands)
            {
                _stands = false;
                machine.GoOn();
            }
        }
    }

    /// <summary>It may have something to do. Any thread, whatever it holds.</summary>
    public void Wake(int vcpu) => _calls[vcpu].Set();

    /// <summary>As <see cref="Wake"/>, of all.</summary>
    public void WakeAll()
    {
        foreach (AutoResetEvent call in _calls)
        {
            call.Set();
        }
    }

    public void Dispose()
    {
        foreach (AutoResetEvent call in _calls)
        {
            call.Dispose();
        }
    }

    private bool TrySkip()
    {
        if (!skips || _waits.Contains(false))
        {
            return false;
        }

        _stands = true;
        machine.StandStill();

        // In this order: what has been taken from the times to come is work by then.
        VirtualTime next = machine.Next;
        if (next == VirtualTime.MaxValue || machine.HasWork)
        {
            return false;
        }

        machine.SkipTo(next);
        return true;
    }
}
