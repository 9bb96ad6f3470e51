using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A whole machine under KVM: a thread for each vCPU, interrupt controllers in the kernel,
/// devices in a <see cref="Board"/>, and a thread that gives the guest what its devices are done with when its
/// virtual time has come.
/// <code>
/// KvmSystem ──► Board is given (SetInterrupt and SetAlarm are this one's) ──► Start ──► TryWait ... ──► End
///                                                                 RequestStop from any thread
/// </code></summary>
public sealed class KvmSystem : IDisposable
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

    // Guards _end: the first word counts.
    private readonly Lock _gate = new();
    private SystemEnd? _end;
    private long _begin;
    private long _stop = long.MaxValue;

    /// <exception cref="NativeCallException">KVM can't be used, or refuses something.</exception>
    /// <exception cref="KvmGuestException">The machine can't be had on this host.</exception>
    public KvmSystem(KvmSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _device = KvmDevice.Open();
        _machine = _device.CreateMachine();
        try
        {
            Clock = Build(options);
        }
        catch
        {
            Dispose();
            throw;
        }

        Exits = new SystemExits(options.VcpuCount);
    }

    public AnnouncedClock Clock { get; }

    /// <summary>Whether reads and writes of MSRs that KVM does not know are seen, and so counted.
    /// </summary>
    public bool CountsMsrs { get; private set; }

    /// <summary>What its vCPUs came out for.</summary>
    public IStatisticsSource Statistics => Exits;

    internal SystemExits Exits { get; }

    internal bool IsOver => _over.IsSet;

    /// <summary>How it ended; null: it has not yet.</summary>
    public SystemEnd? End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>The guest's own time, up to its end. Any thread.</summary>
    public VirtualTime Now => _begin == 0
        ? VirtualTime.Zero
        : Clock.At(Math.Min(SliceTimer.HostNanoseconds(), Interlocked.Read(ref _stop)) - _begin);

    /// <summary>Any thread.</summary>
    public void SetInterrupt(int line, bool isHigh) => _machine.SetInterruptLine(line, isHigh);

    /// <summary>When the board wants to give the guest something; MaxValue: it has nothing. Any thread.
    /// </summary>
    public void SetAlarm(VirtualTime time)
    {
        _alarm.Set(time == VirtualTime.MaxValue
            ? long.MaxValue
            : _begin + Clock.HostNanosecondsAt(time - VirtualTime.Zero));
        if (IsOver)
        {
            // The end may have come in between, and its thread must hear of it.
            _alarm.Set(0);
        }
    }

    /// <summary>Lets all vCPUs run, on threads of the calling one's kind.</summary>
    public void Start(Board board)
    {
        ArgumentNullException.ThrowIfNull(board);
        Invariant.Require(_threads.Count == 0);
        _begin = SliceTimer.HostNanoseconds();
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

        return true;
    }

    /// <summary>Any thread.</summary>
    public void RequestStop() => Finish(SystemEnd.Stopped);

    /// <summary>Ends it, and takes all vCPUs out of the guest. Any thread.</summary>
    internal void Finish(SystemEnd end)
    {
        lock (_gate)
        {
            if (_end is null)
            {
                _end = end;
                Interlocked.Exchange(ref _stop, SliceTimer.HostNanoseconds());
            }
        }

        _over.Set();
        _alarm.Set(0);
        foreach (SystemVcpu vcpu in _vcpus)
        {
            vcpu.Kick();
        }
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
    }

    private void RunDevices(Board board)
    {
        try
        {
            while (!IsOver)
            {
                _alarm.Wait();
                board.RunDue();
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
        _machine.CreateInterruptControllers();
        AddMemory(options);
        CountsMsrs = _machine.TryEnable(KvmCapability.UserSpaceMsr, UnknownMsrs);
        KvmCpuidEntry[] supported = _device.SupportedCpuid();
        AnnouncedClock? clock = null;
        for (int i = 0; i < options.VcpuCount; i++)
        {
            KvmVcpu vcpu = _machine.CreateVcpu(i);
            SystemVcpu added = new(vcpu, i);
            _vcpus.Add(added);
            clock ??= new AnnouncedClock((uint)vcpu.TscKilohertz(), options.Tdf);
            vcpu.SetCpuid(SystemCpuid.Of(supported, i, options.VcpuCount, clock));
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
