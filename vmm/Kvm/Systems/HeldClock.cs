using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>A machine's virtual time: what has passed of the host's since power-on, without that for which the machine
/// was held, with that which was skipped, by its announced clock. Any thread.</summary>
/// <param name="host">The host's steady clock, in nanoseconds.</param>
internal sealed class HeldClock(AnnouncedClock clock, Func<long> host)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    // Guards what follows.
    private readonly Lock _gate = new();
    private long _begin;
    private long _held;
    private long _skipped;
    private long? _heldAt;
    private long? _end;
    private bool _hasBegun;

    public VirtualTime Now
    {
        get
        {
            lock (_gate)
            {
                return _hasBegun ? clock.At(Passed(_end ?? _heldAt ?? host())) : VirtualTime.Zero;
            }
        }
    }

    /// <summary>What to add to the guest's counter for all the time that the machine was held or skipped, modulo 2^64:
    /// from the sum, so that no rounding adds up.</summary>
    public ulong CounterShift
    {
        get
        {
            lock (_gate)
            {
                Int128 counts = (Int128)(_skipped - _held) * clock.HostKilohertz / NanosecondsPerMillisecond;
                return unchecked((ulong)(long)counts);
            }
        }
    }

    /// <summary>Host time for which it was held, in nanoseconds.</summary>
    public long HeldNanoseconds
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    /// <summary>Host time that did not pass and counts as if it had, in nanoseconds.</summary>
    public long SkippedNanoseconds
    {
        get
        {
            lock (_gate)
            {
                return _skipped;
            }
        }
    }

    /// <summary>Power-on.</summary>
    public void Begin(bool isHeld)
    {
        lock (_gate)
        {
            Invariant.Require(!_hasBegun);
            _hasBegun = true;
            _begin = host();
            _heldAt = isHeld ? _begin : null;
        }
    }

    public void Hold()
    {
        lock (_gate)
        {
            _heldAt ??= host();
        }
    }

    /// <summary>It is held, and shows that time from now on, never less; what it shows if that is later.</summary>
    public void Skip(VirtualTime time)
    {
        lock (_gate)
        {
            Invariant.Require(_heldAt is not null);
            long passed = Passed(_heldAt ?? 0);
            _skipped += Math.Max(0, clock.HostNanosecondsAt(time - VirtualTime.Zero) - passed);
        }
    }

    /// <returns>False if it was not held.</returns>
    public bool Resume()
    {
        lock (_gate)
        {
            if (_heldAt is not { } at)
            {
                return false;
            }

            _held += host() - at;
            _heldAt = null;
            return true;
        }
    }

    /// <summary>It stands for good.</summary>
    public void End()
    {
        lock (_gate)
        {
            _end ??= _heldAt ?? host();
        }
    }

    /// <summary>The host's time at which a virtual time comes if nothing holds the machine; MaxValue: it is held.
    /// </summary>
    public long HostAt(VirtualTime time)
    {
        lock (_gate)
        {
            if (time == VirtualTime.MaxValue || _heldAt is not null)
            {
                return long.MaxValue;
            }

            long passed = clock.HostNanosecondsAt(time - VirtualTime.Zero);
            return passed > long.MaxValue - _begin - _held ? long.MaxValue : passed + _begin + _held - _skipped;
        }
    }

    private long Passed(long at) => at - _begin - _held + _skipped;
}
