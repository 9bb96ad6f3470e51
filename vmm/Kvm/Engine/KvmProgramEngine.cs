using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Runs a node's guest code at CPL 3 under KVM, natively. Guest memory is the process's own,
/// at the same virtual addresses. One thread runs all vCPUs in turn.</summary>
public sealed class KvmProgramEngine : IVcpuEngine, ICodeObserver
{
    private readonly KvmDevice _device;
    private readonly KvmMemory _supervisor;
    private readonly KvmMachine _machine;
    private readonly GuestPages _pages;
    private readonly SliceThread _thread = new();
    private readonly KvmProgramVcpu[] _vcpus;
    private readonly bool _trapsTimestamp;

    /// <exception cref="ConfigException">This host can't run it.</exception>
    /// <param name="details">Takes what detail windows see; may be null where there are none.</param>
    /// <param name="pages">Hears of pages written, if they are counted; may be null.</param>
    public KvmProgramEngine(
        KvmEngineOptions options,
        IGuestAddressSpace memory,
        IDetailSink? details = null,
        IWrittenPagesSink? pages = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(memory);
        options.Validate();
        _trapsTimestamp = options.Host.TrapsTimestamp;
        _vcpus = new KvmProgramVcpu[options.VcpuCount];
        Written = options.WrittenPagesNanoseconds is { } interval ? new WrittenPages(interval, pages) : null;
        _device = KvmDevice.Open();
        try
        {
            _supervisor = new KvmMemory(SupervisorLayout.SizeBytes);
            _machine = _device.CreateMachine();
            _pages = Build(options, memory, details);
        }
        catch
        {
            Dispose();
            throw;
        }

        memory.Observe(this);
    }

    public EngineTraits Traits => Offered(_trapsTimestamp);

    /// <summary>What every one of its kind has.</summary>
    /// <param name="trapsTimestamp">On a host where <see cref="KvmReport.TrapsTimestamp"/>.</param>
    public static EngineTraits Offered(bool trapsTimestamp) =>
        EngineTraits.SamplesAccesses | EngineTraits.LogsWrittenPages
        | (trapsTimestamp ? EngineTraits.DilatesTsc : EngineTraits.None);

    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    /// <summary>May be changed from any thread, at any time.</summary>
    public VcpuExitHooks HooksOf(VcpuId vcpu) => _vcpus[vcpu.Index].Hooks;

    public SliceOvershoot Overshoot => _thread.Overshoot;

    public ExitTally Exits => _thread.Exits;

    /// <summary>Null unless the options ask for it.</summary>
    public WrittenPages? Written { get; }

    /// <summary>What leaving the guest for an access to a window costs the host.</summary>
    public TrapCost Traps { get; } = new();

    private GuestPages Build(
        KvmEngineOptions options, IGuestAddressSpace memory, IDetailSink? details)
    {
        _machine.SetTssAddress(SupervisorLayout.TssPhysical);
        _machine.SetMemory(new KvmMemoryRegion
        {
            Slot = SupervisorLayout.Slot,
            GuestPhysical = SupervisorLayout.Physical,
            SizeBytes = (ulong)_supervisor.SizeBytes,
            HostAddress = _supervisor.HostAddress,
        });
        SupervisorImage.Write(_supervisor);
        GuestPages pages = new(
            _machine,
            new PageTables(_supervisor, options.Window),
            memory,
            options.Window,
            Written);
        CpuidTable cpuid = new(options.VcpuCount, options.LineSizeBytes, options.Caches);
        for (int i = 0; i < _vcpus.Length; i++)
        {
            UserVcpu user = new(
                _machine,
                _supervisor,
                i,
                CpuidEntries.Of(cpuid, i),
                _trapsTimestamp,
                options.Host.StaysUser);
            DetailStepper? detail = options.Details is { } plan && details is not null
                ? new DetailStepper(new VcpuId(i), plan, details, memory)
                : null;
            _vcpus[i] = new KvmProgramVcpu(
                new VcpuId(i), user, _thread, pages, memory, options.Window, Traps, detail);
        }

        return pages;
    }

    /// <inheritdoc/>
    public void SetEvents(MemoryEventLevel level, CoreCost cost) =>
        Invariant.Require(level == MemoryEventLevel.Off, "this engine sees accesses to windows alone");

    /// <summary>Code is never translated.</summary>
    public void CodeChanged(ulong start, ulong lengthBytes)
    {
    }

    /// <inheritdoc/>
    public void MappingChanged(ulong start, ulong lengthBytes)
    {
        if (_pages.Forget(start, lengthBytes))
        {
            foreach (KvmProgramVcpu vcpu in _vcpus)
            {
                vcpu.ForgetTranslations();
            }
        }
    }

    /// <inheritdoc/>
    public void ProtectionChanged(ulong start, ulong lengthBytes) =>
        MappingChanged(start, lengthBytes);

    public void Dispose()
    {
        foreach (KvmProgramVcpu vcpu in _vcpus)
        {
            // Null where the constructor failed on the way.
            vcpu?.Dispose();
        }

        _machine?.Dispose();
        _supervisor?.Dispose();
        _thread.Dispose();
        _device.Dispose();
    }
}
