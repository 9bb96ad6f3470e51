using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A machine's interrupt controllers in virtual time: a local APIC for each processor, and an I/O APIC. It
/// knows neither KVM nor the host's time; who runs the processors asks it what each has to do before it goes on.
/// <code>
/// line ──► I/O APIC ─┐
/// local APIC's ICR ──┼─► message ──► IRR, NMI, INIT, SIPI ──► wake(processor) ──► Take..., Acknowledge
/// local APIC's timer ┘ (RunDue)
/// </code>
/// Any thread. What it calls must not call it, nor wait for one who does.</summary>
public sealed class InterruptFabric : IStatisticsSource
{
    /// <summary>Where the I/O APIC's registers are.</summary>
    public const ulong IoApicBase = 0xfec0_0000;

    private const ulong PageMask = 0xfff;
    private const ulong IsSwitchedOn = 1 << 11;
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly Func<VirtualTime> _now;
    private readonly Action<VirtualTime> _setAlarm;
    private readonly Action<int> _wake;
    private readonly LocalApic[] _apics;
    private readonly IoApic _io;
    private readonly ProcessorSignals[] _signals;
    private VirtualTime _alarm = VirtualTime.MaxValue;
    private ulong _messages;
    private ulong _expired;
    private UInt128 _late;
    private ulong _latest;

    /// <param name="count">Of processors; their APIC ids are 0 and so on. The first runs, the others wait for INIT and
    /// SIPI.</param>
    /// <param name="now">Virtual time.</param>
    /// <param name="setAlarm">Told when the next timer expires, each time that this changes; MaxValue: none does.
    /// </param>
    /// <param name="wake">Told which processor has got something to do.</param>
    public InterruptFabric(int count, Func<VirtualTime> now, Action<VirtualTime> setAlarm, Action<int> wake)
    {
        _now = now;
        _setAlarm = setAlarm;
        _wake = wake;
        _apics = [.. Enumerable.Range(0, count).Select(id => new LocalApic((byte)id))];
        _signals = [.. Enumerable.Range(0, count).Select(id => new ProcessorSignals(isWaiting: id > 0))];
        _io = new IoApic(Deliver);
    }

    /// <summary>The rate of the local APICs' timers before they are divided, by the guest's clocks.</summary>
    public static uint TimerHertz => (uint)(PicosecondsPerSecond / ApicTimer.CountPicoseconds);

    /// <summary>When the next timer ends a halt, where all processors halt or wait for SIPI; MaxValue: none does. One
    /// that is masked, or whose processor lets no interrupts in, would be skipped to for ever.</summary>
    public VirtualTime NextWake
    {
        get
        {
            lock (_gate)
            {
                VirtualTime next = VirtualTime.MaxValue;
                for (int i = 0; i < _apics.Length; i++)
                {
                    if (!_signals[i].IsWaiting && _signals[i].CanInterrupt)
                    {
                        next = VirtualTime.Min(next, _apics[i].NextWake);
                    }
                }

                return next;
            }
        }
    }

    /// <summary>Whether any processor has something to do that would end its halt.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate)
            {
                for (int i = 0; i < _apics.Length; i++)
                {
                    if (HasWorkOf(i))
                    {
                        return true;
                    }
                }

                return false;
            }
        }
    }

    /// <summary>A line of the I/O APIC.</summary>
    public void SetLine(int line, bool isAsserted)
    {
        lock (_gate)
        {
            _io.Set(line, isAsserted);
        }
    }

    /// <summary>Takes the timers' expiries that are due, and says when the next is.</summary>
    public void RunDue()
    {
        lock (_gate)
        {
            Expire(_now());
            _alarm = Next();
            _setAlarm(_alarm);
        }
    }

    /// <param name="apicBase">The processor's IA32_APIC_BASE.</param>
    /// <returns>False if neither the processor's local APIC nor the I/O APIC is there.</returns>
    public bool TryRead(int processor, ulong apicBase, ulong address, int sizeBytes, out ulong value)
    {
        value = 0;
        bool isLocal = IsLocal(apicBase, address);
        if (!isLocal && !IsIo(address))
        {
            return false;
        }

        lock (_gate)
        {
            VirtualTime now = _now();
            Expire(now);
            uint at = (uint)(address & PageMask);
            uint word = at & ~3u;
            uint whole = isLocal ? _apics[processor].Read(word & ~0xfu, now) : _io.Read(word);

            // Of registers of 32 bits at every 16th byte; parts are taken from the word that they lie in.
            bool isBeside = isLocal && (at & 0xf) > 3;
            value = isBeside ? 0 : whole >> (int)((at & 3) * 8);
            value = sizeBytes < sizeof(uint) ? value & ((1UL << (sizeBytes * 8)) - 1) : value;
            Rearm();
            return true;
        }
    }

    /// <summary>Only whole registers of 32 bits can be written; what else is written goes nowhere.</summary>
    /// <returns>False if neither the processor's local APIC nor the I/O APIC is there.</returns>
    public bool TryWrite(int processor, ulong apicBase, ulong address, int sizeBytes, ulong value)
    {
        bool isLocal = IsLocal(apicBase, address);
        if (!isLocal && !IsIo(address))
        {
            return false;
        }

        uint offset = (uint)(address & PageMask);
        if (sizeBytes < sizeof(uint) || offset % 16 != 0)
        {
            return true;
        }

        lock (_gate)
        {
            if (isLocal)
            {
                WriteLocal(processor, offset, (uint)value);
            }
            else
            {
                _io.Write(offset, (uint)value);
            }

            Rearm();
            return true;
        }
    }

    /// <summary>Whether a processor that halts, or waits for SIPI, has something to do.</summary>
    /// <param name="canInterrupt">RFLAGS.IF: else only INIT, SIPI and NMI end its halt.</param>
    public bool HasWorkFor(int processor, bool canInterrupt)
    {
        lock (_gate)
        {
            _signals[processor].CanInterrupt = canInterrupt;
            return HasWorkOf(processor);
        }
    }

    /// <summary>Whether it waits for SIPI: since power-on, or since INIT, which has come in between.</summary>
    public bool IsWaiting(int processor)
    {
        lock (_gate)
        {
            return _signals[processor].IsWaiting;
        }
    }

    /// <summary>Ends its wait for SIPI, if that has come.</summary>
    /// <returns>Its vector; -1: it has not.</returns>
    public int TakeStartup(int processor)
    {
        lock (_gate)
        {
            ProcessorSignals signals = _signals[processor];
            int vector = signals.Startup;
            if (vector >= 0)
            {
                signals.Startup = -1;
                signals.IsWaiting = false;
            }

            return vector;
        }
    }

    /// <returns>True: it has an NMI to take.</returns>
    public bool TakeNmi(int processor)
    {
        lock (_gate)
        {
            bool has = _signals[processor].HasNmi;
            _signals[processor].HasNmi = false;
            return has;
        }
    }

    /// <summary>Takes an interrupt, if the processor can.</summary>
    /// <param name="canInterrupt">It can now.</param>
    /// <param name="hasMore">One waits for it, now or still.</param>
    /// <returns>Its vector; -1: none.</returns>
    public int Acknowledge(int processor, bool canInterrupt, out bool hasMore)
    {
        lock (_gate)
        {
            Expire(_now());
            Rearm();
            int vector = canInterrupt ? _apics[processor].Acknowledge() : -1;
            hasMore = _apics[processor].HasInterrupt;
            return vector;
        }
    }

    /// <summary>CR8, which is its task priority's class.</summary>
    public byte ReadPriorityClass(int processor)
    {
        lock (_gate)
        {
            return (byte)(_apics[processor].TaskPriority >> 4);
        }
    }

    /// <summary>As a write of CR8: what is the same leaves the task priority, which has a subclass besides.</summary>
    public void WritePriorityClass(int processor, byte value)
    {
        lock (_gate)
        {
            if (_apics[processor].TaskPriority >> 4 != value)
            {
                _apics[processor].TaskPriority = (byte)(value << 4);
            }
        }
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        lock (_gate)
        {
            list.Count("messages", _messages, "Count", "interrupt messages to local APICs, of devices and processors");
            list.Count("timers", _expired, "Count", "expiries of the local APICs' timers that interrupt");
            list.Quotient(
                "lateness", _late, (UInt128)_expired * PicosecondsPerSecond, "Second",
                "mean virtual time by which the host was late to see such an expiry");
            list.Quotient("latenessMax", _latest, PicosecondsPerSecond, "Second", "the most of that");
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        lock (_gate)
        {
            _messages = _expired = _latest = 0;
            _late = 0;
        }
    }

    private static bool IsLocal(ulong apicBase, ulong address) =>
        (apicBase & IsSwitchedOn) != 0 && (address & ~PageMask) == (apicBase & AddressMask);

    private static bool IsIo(ulong address) => (address & ~PageMask) == IoApicBase;

    private bool HasWorkOf(int processor)
    {
        ProcessorSignals signals = _signals[processor];
        return signals.IsWaiting
            ? signals.Startup >= 0
            : signals.HasNmi || (signals.CanInterrupt && _apics[processor].HasInterrupt);
    }

    private void WriteLocal(int processor, uint offset, uint value)
    {
        VirtualTime now = _now();
        Expire(now);
        LocalApic apic = _apics[processor];
        if (apic.Write(offset, value, now, out int ended))
        {
            InterruptMessage message = apic.Command(out int shorthand);
            Send(processor, message, shorthand);
        }

        if (ended >= 0)
        {
            _io.End((byte)ended);
        }
    }

    private void Send(int sender, in InterruptMessage message, int shorthand)
    {
        switch (shorthand)
        {
            case 0:
                Deliver(message);
                break;
            case 1:
                _messages++;
                Give(sender, message);
                break;
            default:
                _messages++;
                for (int i = 0; i < _apics.Length; i++)
                {
                    if (i != sender || shorthand == 2)
                    {
                        Give(i, message);
                    }
                }

                break;
        }
    }

    /// <returns>False if nobody heard it.</returns>
    private bool Deliver(InterruptMessage message)
    {
        _messages++;
        bool isHeard = false;
        int least = -1;
        for (int i = 0; i < _apics.Length; i++)
        {
            if (!_apics[i].IsMeant(message.Destination, message.IsLogical))
            {
                continue;
            }

            if (message.Mode != DeliveryMode.LowestPriority)
            {
                isHeard |= Give(i, message);
            }
            else if (!_signals[i].IsWaiting
                && (least < 0 || _apics[i].ProcessorPriority < _apics[least].ProcessorPriority))
            {
                least = i;
            }
        }

        return least >= 0 ? Give(least, message) : isHeard;
    }

    /// <returns>False if it does not hear it.</returns>
    private bool Give(int processor, in InterruptMessage message)
    {
        ProcessorSignals signals = _signals[processor];
        bool isHeard = message.Mode switch
        {
            DeliveryMode.Fixed or DeliveryMode.LowestPriority =>
                !signals.IsWaiting && _apics[processor].Accept(message.Vector, message.IsLevel),
            DeliveryMode.NonMaskable => signals.Interrupt(),
            DeliveryMode.Init => signals.Reset(),
            DeliveryMode.Startup => signals.Start(message.Vector),

            // There is no system-management mode, and no 8259 whose interrupt it could be.
            _ => false,
        };
        if (isHeard)
        {
            if (message.Mode == DeliveryMode.Init)
            {
                _apics[processor].Reset();
            }

            _wake(processor);
        }

        return isHeard;
    }

    private void Expire(VirtualTime now)
    {
        if (now < _alarm)
        {
            return;
        }

        for (int i = 0; i < _apics.Length; i++)
        {
            if (_apics[i].TryExpire(now, out VirtualTime due) && _apics[i].HasInterrupt)
            {
                ulong late = (now - due).Picoseconds;
                _expired++;
                _late += late;
                _latest = Math.Max(_latest, late);
                _wake(i);
            }
        }
    }

    /// <summary>After all that may have set a timer or taken its expiry.</summary>
    private void Rearm()
    {
        VirtualTime next = Next();
        if (next != _alarm)
        {
            _alarm = next;
            _setAlarm(next);
        }
    }

    private VirtualTime Next()
    {
        VirtualTime next = VirtualTime.MaxValue;
        foreach (LocalApic apic in _apics)
        {
            next = VirtualTime.Min(next, apic.Due);
        }

        return next;
    }
}
