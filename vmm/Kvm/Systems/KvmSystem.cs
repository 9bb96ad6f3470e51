using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A whole machine under KVM: a thread for each vCPU, interrupt controllers in the kernel or our own, devices
/// in a <see cref="Board"/>, and a thread that gives the guest what its devices are done with when its
/// virtual time has come.
/// <code>
/// KvmSystem ──► Board is given (SetInterrupt and SetAlarm are this one's) ──► Start ──► TryWait ... ──► End
///                                                                 RequestStop from any thread
/// held:         Start, held ──► Resume ──► WaitUntil ... ──► Hold ──► Resume ...
/// </code></summary>
public sealed partial class KvmSystem : IHeldMachine, IDisposable
{
    /// <summary>APIC ids are a byte, of which 0xff means all, and the I/O APIC takes one.</summary>
    public const int VcpusMax = 254;

    /// <summary>Three pages below the I/O APIC's and BIOS's own addresses.</summary>
    private const ulong TssAddress = 0xfffb_d000;

    /// <summary>KVM_MSR_EXIT_REASON_INVAL and _UNKNOWN.</summary>
    private const ulong UnknownMsrs = 3;

    private readonly KvmDevice _device;
    private readonly KvmMachine _machine;
    private readonly List<SystemVcpu> _vcpus = [];
    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _over = new();
    private readonly HostAlarm _alarm = new();
    private readonly HostAlarm _round = new();
    private readonly HeldClock _time;
    private readonly MeasuredTdf _measured;
    private readonly HoldGate _gate;
    private readonly ulong _counterBase;

    // Guards _wanted: when the board's alarm goes off.
    private readonly Lock _alarmGate = new();
    private VirtualTime _wanted = VirtualTime.MaxValue;

    // No interrupt comes while the local APICs' timers are set anew.
    private readonly Lock _lines = new();

    // Guards _end: the first word counts.
    private readonly Lock _endGate = new();
    private SystemEnd? _end;

    /// <exception cref="NativeCallException">KVM can't be used, or refuses something.</exception>
    /// <exception cref="KvmGuestException">The machine can't be had on this host.</exception>
    public KvmSystem(KvmSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _device = KvmDevice.Open();
        _machine = _device.CreateMachine();
        Turns = new VcpuTurns(
            options.VcpuCount, Math.Min(options.VcpuCount, options.Processors), options.Speeds);
        try
        {
            if (options.IsExact)
            {
                RequireExact(options, Turns);
            }

            Clock = Build(options);
            _counterBase = options.IsHeld ? CounterBase() : 0;
        }
        catch
        {
            Dispose();
            throw;
        }

        _time = new HeldClock(Clock, SliceTimer.HostNanoseconds);
        _gate = new HoldGate(options.VcpuCount, Stop, GoOn);
        Exits = new SystemExits(options.VcpuCount, options.IsExact);
        _measured = new MeasuredTdf(Clock);
        _until = options.Until;
        if (options.IsExact)
        {
            Invariant.Require(options.IsHeld || !options.SkipsIdle);
            Interrupts = new InterruptFabric(options.VcpuCount, () => Now, SetTimerAlarm, Wake);
            Idle = new IdleGate(options.VcpuCount, options.SkipsIdle, this);
        }
    }

    /// <summary>What system guests have on any host.</summary>
    public static EngineTraits Offered => EngineTraits.DilatesTsc;

    public AnnouncedClock Clock { get; }

    /// <summary>Whether reads and writes of MSRs that KVM does not know are seen, and so counted.
    /// </summary>
    public bool CountsMsrs { get; private set; }

    /// <summary>What its vCPUs came out for.</summary>
    public IStatisticsSource Statistics => Exits;

    internal SystemExits Exits { get; }

    public bool IsOver => _over.IsSet;

    internal HoldGate Gate => _gate;

    /// <summary>How its clock went by the host's; after its end.</summary>
    public IStatisticsSource ClockStatistics => _measured;

    /// <summary>Turns that its vCPUs took, where they are more than the host's processors.</summary>
    public IStatisticsSource TurnStatistics => Turns;

    internal VcpuTurns Turns { get; }

    /// <summary>What the guest's counter is to be ahead of the host's now, modulo 2^64.</summary>
    internal ulong CounterOffset => unchecked(_counterBase + _time.CounterShift);

    /// <summary>Host time for which it was held, in nanoseconds.</summary>
    public long HeldNanoseconds => _time.HeldNanoseconds;

    /// <summary>Host time that its own time stands for: for which it ran, in nanoseconds. Any thread.</summary>
    public long RanNanoseconds => Clock.HostNanosecondsAt(Now - VirtualTime.Zero);

    /// <summary>How it ended; null: it has not yet.</summary>
    public SystemEnd? End
    {
        get
        {
            lock (_endGate)
            {
                return _end;
            }
        }
    }

    /// <summary>The guest's own time, up to its end. Any thread.</summary>
    public VirtualTime Now => _time.Now;

    /// <summary>Any thread.</summary>
    public void SetInterrupt(int line, bool isHigh)
    {
        if (Interrupts is not null)
        {
            Interrupts.SetLine(line, isHigh);
            return;
        }

        lock (_lines)
        {
            _machine.SetInterruptLine(line, isHigh);
        }
    }

    /// <summary>When the board wants to give the guest something; MaxValue: it has nothing. Any thread.
    /// </summary>
    public void SetAlarm(VirtualTime time)
    {
        bool isSooner;
        lock (_alarmGate)
        {
            isSooner = time < _wanted;
            _wanted = time;
            ArmNext();
        }

        if (isSooner)
        {
            Idle?.WakeAll();
        }
    }

    /// <summary>Lets all vCPUs run, on threads of the calling one's kind.</summary>
    /// <param name="isHeld">They wait for <see cref="Resume"/>; the options said so.</param>
    public void Start(Board board, bool isHeld = false)
    {
        ArgumentNullException.ThrowIfNull(board);
        Invariant.Require(_threads.Count == 0);
        if (isHeld)
        {
            _gate.BeginClosed();
        }

        _board = board;
        _measured.Begin(_vcpus[0].ReadCounter(), SliceTimer.HostNanoseconds());
        _time.Begin(isHeld);
        foreach (SystemVcpu vcpu in _vcpus)
        {
            Thread thread = new(() => vcpu.Run(this, board)) { Name = $"vcpu{vcpu.Id}" };
            _threads.Add(thread);
            thread.Start();
        }

        Thread devices = new(() => RunDevices(board)) { Name = "devices" };
        _threads.Add(devices);
        devices.Start();
    }

    /// <inheritdoc/>
    public void Resume()
    {
        Turns.GoOn();
        _gate.Open();
    }

    /// <inheritdoc/>
    public void Hold()
    {
        _gate.Close(Recall);
        lock (_alarmGate)
        {
            ArmNext();
        }
    }

    /// <inheritdoc/>
    public void WaitUntil(VirtualTime time)
    {
        while (Now < time && !IsOver)
        {
            Arm(_round, time);
            _round.Wait();
        }
    }

    /// <returns>True if it is over, and all vCPUs are out of the guest.</returns>
    public bool TryWait(TimeSpan limit)
    {
        if (!_over.Wait(limit))
        {
            return false;
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _measured.End(_vcpus[0].ReadCounter(), SliceTimer.HostNanoseconds(), HeldNanoseconds - SkippedNanoseconds);
        return true;
    }

    /// <summary>Where each vCPU stands, in words; after its end.</summary>
    public IEnumerable<string> Places() => _vcpus.Select(vcpu => vcpu.Place());

    /// <summary>Any thread.</summary>
    public void RequestStop() => Finish(SystemEnd.Stopped);

    /// <summary>Ends it, and takes all vCPUs out of the guest. Any thread.</summary>
    internal void Finish(SystemEnd end)
    {
        lock (_endGate)
        {
            if (_end is null)
            {
                _end = end;
                _time.End();
            }
        }

        _over.Set();
        _alarm.Set(0);
        _round.Set(0);
        _gate.Abandon();
        Turns.End();
        Kick();
    }

    public void Dispose()
    {
        foreach (SystemVcpu vcpu in _vcpus)
        {
            vcpu.Dispose();
        }

        _machine.Dispose();
        _device.Dispose();
        _over.Dispose();
        _alarm.Dispose();
        _round.Dispose();
        Turns.Dispose();
        Idle?.Dispose();
    }

    private void Recall()
    {
        Turns.Recall();
        Kick();
    }

    private void Kick()
    {
        foreach (SystemVcpu vcpu in _vcpus)
        {
            vcpu.Kick();
        }

        Idle?.WakeAll();
    }

    /// <summary>All vCPUs have come out.</summary>
    private void Stop()
    {
        _time.Hold();
        if (Interrupts is null)
        {
            foreach (SystemVcpu vcpu in _vcpus)
            {
                vcpu.StopTimer();
            }
        }
    }

    /// <summary>It was held, and all vCPUs are about to enter the guest.</summary>
    private void GoOn()
    {
        lock (_lines)
        {
            _time.Resume();
            foreach (SystemVcpu vcpu in _vcpus)
            {
                vcpu.GoOn(CounterOffset);
            }
        }

        lock (_alarmGate)
        {
            ArmNext();
        }
    }

    /// <summary>With _alarmGate held.</summary>
    private void ArmNext() => Arm(_alarm, VirtualTime.Min(_wanted, _expires));

    private void Arm(HostAlarm alarm, VirtualTime time)
    {
        alarm.Set(_time.HostAt(time));
        if (IsOver)
        {
            // The end may have come in between, and who waits must hear of it.
            alarm.Set(0);
        }
    }

    /// <summary>What the guest's counter is ahead of the host's, which all vCPUs are given.</summary>
    private ulong CounterBase() => _vcpus[0].CounterOffset
        ?? throw new KvmGuestException(
            "this host's KVM does not say what a guest's time-stamp counter is ahead of its own, so the clock of a "
            + "system guest can't wait for the other nodes of its network");

    private void RunDevices(Board board)
    {
        try
        {
            while (!IsOver)
            {
                _alarm.Wait();
                RunDue(board);
            }
        }
        catch (NativeCallException e)
        {
            Finish(new SystemEnd(false, 1, e.Message));
        }
    }

    private AnnouncedClock Build(KvmSystemOptions options)
    {
        int most = Math.Min(VcpusMax, _device.Check(KvmCapability.VcpuCountMax));
        if (options.VcpuCount > most)
        {
            throw new KvmGuestException(
                $"{options.VcpuCount} cores are too many: a system guest can have {most} on this host");
        }

        _machine.SetTssAddress(TssAddress);
        if (!options.IsExact)
        {
            _machine.CreateInterruptControllers();
        }

        AddMemory(options);
        CountsMsrs = _machine.TryEnable(KvmCapability.UserSpaceMsr, UnknownMsrs);
        KvmCpuidEntry[] supported = _device.SupportedCpuid();
        AnnouncedClock? clock = null;
        for (int i = 0; i < options.VcpuCount; i++)
        {
            KvmVcpu vcpu = _machine.CreateVcpu(i);
            SystemVcpu added = new(vcpu, i);
            _vcpus.Add(added);
            clock ??= new AnnouncedClock(
                (uint)vcpu.TscKilohertz(), options.Tdf, options.IsExact ? InterruptFabric.TimerHertz : null);
            vcpu.SetCpuid(SystemCpuid.Of(supported, i, options.VcpuCount, clock, !options.IsExact));
            if (options.IsExact)
            {
                added.SwitchApicOn();
            }
        }

        _vcpus[0].Enter(options.Entry);
        return clock!;
    }

    private void AddMemory(KvmSystemOptions options)
    {
        _machine.SetMemory(new KvmMemoryRegion
        {
            Slot = 0,
            GuestPhysical = 0,
            SizeBytes = options.Map.LowBytes,
            HostAddress = options.Ram.HostAddress,
        });
        if (options.Map.HighBytes > 0)
        {
            _machine.SetMemory(new KvmMemoryRegion
            {
                Slot = 1,
                GuestPhysical = RamMap.HighBase,
                SizeBytes = options.Map.HighBytes,
                HostAddress = options.Ram.HostAddress + options.Map.LowBytes,
            });
        }
    }
}
